// Annotations autoscaling.knative.dev/KEY that Knative reads by an older, camelCase spelling too.
//
// Source: Knative serving, pkg/apis/autoscaling/register.go.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace thaw {

std::span<const std::string_view> keys_with_older_spelling();
// "minScale" of "min-scale"; empty if the key has no older spelling.
std::string older_spelling(std::string_view key);
// "min-scale" of "minScale"; empty if that is no older spelling.
std::string newer_spelling(std::string_view older);

}  // namespace thaw
