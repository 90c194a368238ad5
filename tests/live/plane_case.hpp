// A test case on the one control plane of its program, which starts with the first case and is
// stopped, and found to leave nothing behind, after the last. Each case has a namespace of its own;
// its cloud pools go when it ends.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/live/plane.hpp"

namespace thaw::live {

class PlaneCase : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // Started with Prometheus, and a second from an image to a running container.
  static Plane& plane();

  const std::string& space() const { return namespace_; }  // the case's namespace
  Output kubectl(std::vector<std::string> arguments, const std::string& input = {}) const;
  // kubectl get WHAT… -o jsonpath=PATH
  std::string get(std::vector<std::string> what, const std::string& path) const;
  void apply(const std::string& manifest) const;
  void scale(const std::string& deployment, int replicas) const;
  // Waits for so many ready replicas.
  testing::AssertionResult becomes_ready(const std::string& deployment, int replicas = 1) const;
  // http://ADDRESS of the deployment's first pod, without a port.
  std::string address_of(const std::string& deployment) const;

  static void put(const std::string& url, const std::string& body);
  void put_pool(const std::string& name, const std::string& body);
  // The first line of the cloud's journal with this kind and pool; empty where there is none.
  static std::string journal(const std::string& pool, const std::string& kind);
  static double seconds(const std::string& journal_line);  // its instant; NaN of an empty line

 private:
  std::string namespace_;
  std::vector<std::string> pools_;
};

}  // namespace thaw::live
