// Objects as an API server answers, cut down to what matters here.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace thaw::world {

using Json = nlohmann::json;

// A Deployment of one container; `annotations` are the pod template's.
inline Json deployment(const std::string& name, int replicas, Json annotations = Json::object(),
                       const std::string& ns = "default") {
  return {{"metadata",
           {{"name", name}, {"namespace", ns}, {"uid", "d-" + name}, {"resourceVersion", "7"}}},
          {"spec",
           {{"replicas", replicas},
            {"selector", {{"matchLabels", {{"app", name}}}}},
            {"template",
             {{"metadata", {{"labels", {{"app", name}}}, {"annotations", std::move(annotations)}}},
              {"spec",
               {{"containers",
                 {{{"name", "main"},
                   {"image", "registry.example/" + name + ":1"},
                   {"ports", {{{"containerPort", 8080}}}}}}}}}}}}},
          {"status", {{"replicas", replicas}, {"observedGeneration", 1}}}};
}

inline Json slimfaas(const std::string& name, int replicas, const std::string& timeout = "300",
                     const std::string& ns = "default") {
  return deployment(name, replicas,
                    {{"SlimFaas/Function", "true"},
                     {"SlimFaas/ReplicasMin", "0"},
                     {"SlimFaas/ReplicasAtStart", "1"},
                     {"SlimFaas/TimeoutSecondBeforeSetReplicasMin", timeout}},
                    ns);
}

// A pod of the Deployment `of`, as its ReplicaSet makes it.
inline Json pod(const std::string& of, const std::string& id, bool ready = true,
                const std::string& ns = "default") {
  return {
      {"metadata",
       {{"name", of + "-5d4f-" + id},
        {"namespace", ns},
        {"uid", "p-" + id},
        {"creationTimestamp", "2026-01-05T00:00:00Z"},
        {"labels", {{"app", of}, {"pod-template-hash", "5d4f"}}},
        {"ownerReferences",
         {{{"kind", "ReplicaSet"}, {"name", of + "-5d4f"}, {"controller", true}}}}}},
      {"spec",
       {{"nodeName", "gpu-1"},
        {"containers", {{{"name", "main"}, {"resources", {{"requests", {{"cpu", "500m"}}}}}}}}}},
      {"status",
       {{"phase", "Running"},
        {"startTime", "2026-01-05T00:00:01Z"},
        {"conditions",
         {{{"type", "PodScheduled"}, {"status", "True"}},
          {{"type", "Ready"},
           {"status", ready ? "True" : "False"},
           {"lastTransitionTime", "2026-01-05T00:00:03Z"}}}}}}};
}

inline Json hpa(const std::string& name, const std::string& target) {
  return {
      {"metadata", {{"name", name}, {"namespace", "default"}}},
      {"spec",
       {{"scaleTargetRef", {{"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"name", target}}},
        {"minReplicas", 1},
        {"maxReplicas", 3},
        {"metrics", Json::array()}}}};
}

}  // namespace thaw::world
