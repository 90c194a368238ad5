// deploy/: every file is read, no role gives more than it says, and what belongs together agrees.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "engine/scenario/drive_config.hpp"
#include "engine/scenario/yaml.hpp"
#include "tests/lint/linted.hpp"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using yaml::Node;
using Set = std::set<std::string>;

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::vector<Node> read(const fs::path& file) {
  Diagnostics diagnostics;
  std::vector<Node> documents =
      yaml::parse_file(file.string(), yaml::kManifestLimits, {}, diagnostics);
  EXPECT_TRUE(diagnostics.ok()) << file;
  return documents;
}

std::string text(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// "spec.template.spec"; null where there is no such thing.
const Node& at(const Node& node, const std::string& path) {
  static const Node kNone;
  const Node* found = &node;
  for (std::size_t from = 0; found && from <= path.size();) {
    const std::size_t dot = std::min(path.find('.', from), path.size());
    found = found->kind == Node::Kind::map ? found->find(path.substr(from, dot - from)) : nullptr;
    from = dot + 1;
  }
  return found ? *found : kNone;
}

Set words(const Node& list) {
  Set out;
  for (const Node& item : list.list) out.insert(item.scalar);
  return out;
}

std::vector<Node> objects_of_kind(const fs::path& folder, const std::string& kind) {
  std::vector<Node> out;
  for (const fs::path& file : files_below(folder)) {
    for (Node& document : read(file)) {
      if (at(document, "kind").scalar == kind) out.push_back(std::move(document));
    }
  }
  return out;
}

// One right: what may be done to what; `names` empty: to all of them.
struct Right {
  std::string group, resource, verb;
  Set names;
  auto operator<=>(const Right&) const = default;
  bool looks() const { return verb == "get" || verb == "list" || verb == "watch"; }
};

std::set<Right> rights_of(const Node& role) {
  std::set<Right> rights;
  for (const Node& rule : at(role, "rules").list) {
    EXPECT_TRUE(at(rule, "nonResourceURLs").list.empty());
    for (const std::string& group : words(at(rule, "apiGroups"))) {
      for (const std::string& resource : words(at(rule, "resources"))) {
        for (const std::string& verb : words(at(rule, "verbs"))) {
          rights.insert({group, resource, verb, words(at(rule, "resourceNames"))});
        }
      }
    }
  }
  return rights;
}

std::set<Right> rights_in(const fs::path& folder) {
  std::set<Right> rights;
  for (const char* kind : {"Role", "ClusterRole"}) {
    for (const Node& role : objects_of_kind(folder, kind)) rights.merge(rights_of(role));
  }
  return rights;
}

std::string words_of(const Right& right) {
  return right.verb + " " + right.resource + " (" + right.group + ")";
}

TEST(Deploy, EveryFileIsReadAndNamedByItsKustomization) {
  for (const fs::path& file : files_below("deploy")) {
    EXPECT_FALSE(read(file).empty()) << file;
    const fs::path folder = file.parent_path();
    if (folder == "deploy" || folder == "deploy/examples" ||
        file.filename() == "kustomization.yaml")
      continue;
    const Node list = read(folder / "kustomization.yaml").at(0);
    Set named = words(at(list, "resources"));
    for (const Node& generator : at(list, "configMapGenerator").list) {
      named.merge(words(at(generator, "files")));
    }
    EXPECT_TRUE(named.contains(file.filename().string())) << file;
  }
}

TEST(Deploy, EveryKustomizationNamesWhatIsThere) {
  int named = 0;
  for (const fs::path& file : files_below("deploy")) {
    if (file.filename() != "kustomization.yaml") continue;
    const Node list = read(file).at(0);
    for (const char* key : {"resources", "components"}) {
      for (const std::string& name : words(at(list, key))) {
        const fs::path path = file.parent_path() / name;
        EXPECT_TRUE(fs::is_regular_file(path) || fs::is_regular_file(path / "kustomization.yaml"))
            << file << " " << name;
        ++named;
      }
    }
  }
  EXPECT_GT(named, 20);
}

TEST(Deploy, NoRoleHasAWildcardASecretAShellOrAHandOnRights) {
  const std::set<Right> rights = rights_in("deploy");
  EXPECT_GT(rights.size(), 20u);
  const Set never{
      "secrets", "pods/exec",    "pods/attach",  "pods/portforward",   "serviceaccounts/token",
      "roles",   "rolebindings", "clusterroles", "clusterrolebindings"};
  const Set verbs{"get", "list", "watch", "create", "update", "patch"};
  for (const Right& right : rights) {
    EXPECT_FALSE(never.contains(right.resource)) << words_of(right);
    EXPECT_TRUE(verbs.contains(right.verb)) << words_of(right);
    for (const std::string& word : {right.group, right.resource, right.verb}) {
      EXPECT_EQ(word.find('*'), std::string::npos) << words_of(right);
    }
  }
}

TEST(Deploy, WritesAreTheScaleEventsTheLeaseAndTheStateAlone) {
  const std::set<Right> rights = rights_in("deploy");
  std::set<Right> writes;
  std::ranges::copy_if(rights, std::inserter(writes, writes.end()),
                       [](const Right& right) { return !right.looks(); });
  const Set lease{"thaw"}, state{"thaw-state"}, gateways{"thaw-gateways"};
  const std::set<Right> allowed{{"apps", "deployments/scale", "patch", {}},
                                {"apps", "statefulsets/scale", "patch", {}},
                                {"events.k8s.io", "events", "create", {}},
                                {"events.k8s.io", "events", "patch", {}},
                                {"coordination.k8s.io", "leases", "create", {}},
                                {"coordination.k8s.io", "leases", "update", lease},
                                {"", "configmaps", "create", {}},
                                {"", "configmaps", "update", state},
                                {"", "configmaps", "patch", gateways}};
  EXPECT_EQ(writes, allowed);
  // The state and the lease are seen by their names too.
  for (const Right& right : rights) {
    if (right.resource != "leases" && right.resource != "configmaps") continue;
    EXPECT_EQ(right.names.empty(), right.verb == "create") << words_of(right);
  }
}

TEST(Deploy, OfTheWholeClusterOnlyNodesAreSeenAndOnlyToCountTheirCost) {
  const auto roles = objects_of_kind("deploy", "ClusterRole");
  ASSERT_EQ(roles.size(), 1u);
  EXPECT_EQ(objects_of_kind("deploy/components/spending", "ClusterRole").size(), 1u);
  const std::set<Right> nodes{{"", "nodes", "list", {}}, {"", "nodes", "watch", {}}};
  EXPECT_EQ(rights_of(roles[0]), nodes);
}

TEST(Deploy, TheOneFileOfRightsGivesTheSameAsTheKustomizations) {
  std::set<Right> one, all = rights_in("deploy/base");
  all.merge(rights_in("deploy/managed"));
  for (const Node& document : read("deploy/rbac.yaml"))
    if (at(document, "kind").scalar == "Role") one.merge(rights_of(document));
  EXPECT_EQ(one, all);
}

TEST(Deploy, AShadowLooksAtTheSameAndCanDoNothingElse) {
  for (const auto& [shadow, drive] : {std::pair("deploy/managed-shadow", "deploy/managed")}) {
    std::set<Right> seen = rights_in(shadow), all = rights_in(drive);
    for (const Right& right : seen) EXPECT_TRUE(right.looks()) << words_of(right);
    // The scale is read to be written, lease and state are the driver's own.
    std::erase_if(all, [](const Right& right) {
      return !right.looks() || right.resource.ends_with("/scale") || !right.names.empty();
    });
    EXPECT_EQ(seen, all) << shadow;
  }
  const std::string patch = text("deploy/shadow/kustomization.yaml");
  EXPECT_NE(patch.find("args/-, value: --shadow}"), std::string::npos);
}

// Which rights a gateway needs: drivers/world/rights; a live test takes each of them away.
TEST(Deploy, AGatewayLooksAtEndpointsAndWritesTheOneConfigMap) {
  const Set gateways{"thaw-gateways"};
  EXPECT_EQ(rights_in("deploy/components/gateway"),
            (std::set<Right>{{"", "configmaps", "list", gateways},
                             {"", "configmaps", "watch", gateways},
                             {"", "configmaps", "patch", gateways}}));
  EXPECT_EQ(rights_in("deploy/components/endpoints"),
            (std::set<Right>{{"discovery.k8s.io", "endpointslices", "list", {}},
                             {"discovery.k8s.io", "endpointslices", "watch", {}}}));
  // Where drive.yaml has a gateway, the components are there, and the pod lives as long as calls.
  int with = 0;
  for (const auto& entry : fs::directory_iterator("deploy/overlays")) {
    const auto gateway = load_drive_config((entry.path() / "drive.yaml").string()).gateway;
    const Node list = read(entry.path() / "kustomization.yaml").at(0);
    const Node managed = read(entry.path() / "managed/kustomization.yaml").at(0);
    EXPECT_EQ(words(at(list, "components")).contains("../../components/gateway"),
              gateway.has_value());
    EXPECT_EQ(words(at(managed, "components")).contains("../../../components/endpoints"),
              gateway.has_value());
    if (!gateway) continue;
    ++with;
    EXPECT_EQ(gateway->listen, "0.0.0.0:5000") << "the port of the component";
    EXPECT_LE(gateway->drain + std::chrono::seconds(5 + 10), std::chrono::seconds(330));
  }
  EXPECT_EQ(with, 1);
}

TEST(Deploy, RolesAreBoundToTheAccountOfThePodAlone) {
  int bindings = 0;
  for (const char* kind : {"RoleBinding", "ClusterRoleBinding"}) {
    for (const Node& binding : objects_of_kind("deploy", kind)) {
      const Node& subjects = at(binding, "subjects");
      ASSERT_EQ(subjects.list.size(), 1u);
      const std::string role = at(binding, "roleRef.name").scalar;
      const bool shadow = role.find("shadow") != std::string::npos;
      EXPECT_EQ(at(subjects.list[0], "kind").scalar, "ServiceAccount");
      EXPECT_EQ(at(subjects.list[0], "name").scalar, "thaw");
      EXPECT_EQ(at(subjects.list[0], "namespace").scalar, shadow ? "thaw-shadow" : "thaw") << role;
      EXPECT_EQ(at(binding, "metadata.name").scalar, role);
      ++bindings;
    }
  }
  EXPECT_EQ(bindings, 9);
}

TEST(Deploy, ThePodIsNobodyAndWritesNothing) {
  const auto deployments = objects_of_kind("deploy/workload", "Deployment");
  ASSERT_EQ(deployments.size(), 1u);
  const Node& spec = at(deployments[0], "spec.template.spec");
  EXPECT_EQ(at(deployments[0], "spec.replicas").scalar, "2");
  EXPECT_EQ(at(spec, "serviceAccountName").scalar, "thaw");
  EXPECT_EQ(at(spec, "securityContext.runAsNonRoot").scalar, "true");
  EXPECT_GT(std::stoi(at(spec, "securityContext.runAsUser").scalar), 0);
  EXPECT_EQ(at(spec, "securityContext.seccompProfile.type").scalar, "RuntimeDefault");
  for (const char* key : {"hostNetwork", "hostPID", "hostIPC", "initContainers"}) {
    EXPECT_EQ(at(spec, key).kind, Node::Kind::null) << key;
  }
  ASSERT_EQ(at(spec, "containers").list.size(), 1u);
  const Node& container = at(spec, "containers").list[0];
  EXPECT_EQ(at(container, "securityContext.readOnlyRootFilesystem").scalar, "true");
  EXPECT_EQ(at(container, "securityContext.allowPrivilegeEscalation").scalar, "false");
  EXPECT_EQ(words(at(container, "securityContext.capabilities.drop")), Set{"ALL"});
  EXPECT_EQ(at(container, "securityContext.capabilities.add").kind, Node::Kind::null);
  EXPECT_EQ(at(container, "livenessProbe.httpGet.path").scalar, "/healthz");
  EXPECT_EQ(at(container, "readinessProbe.httpGet.path").scalar, "/readyz");
  EXPECT_EQ(at(container, "resources.limits.memory").scalar, "192Mi");
  EXPECT_EQ(at(container, "command").kind, Node::Kind::null) << "no shell: the image's own";
  for (const Node& volume : at(spec, "volumes").list) {
    EXPECT_NE(at(volume, "configMap").kind, Node::Kind::null);
  }
  for (const Node& mount : at(container, "volumeMounts").list) {
    EXPECT_EQ(at(mount, "readOnly").scalar, "true");
  }
}

TEST(Deploy, TheImageHasANumberForItsUserAndNoShellInItsCommand) {
  const std::string file = text("deploy/Containerfile");
  const std::string last = file.substr(file.rfind("\nFROM "));
  const std::size_t user = last.find("\nUSER ");
  ASSERT_NE(user, std::string::npos);
  EXPECT_GT(std::stoi(last.substr(user + 6)), 0);
  EXPECT_NE(last.find("\nENTRYPOINT [\"/usr/local/bin/thaw\"]\n"), std::string::npos);
  const auto pod = objects_of_kind("deploy/workload", "Deployment");
  const Node& spec = at(pod.at(0), "spec.template.spec");
  EXPECT_EQ(at(spec, "securityContext.runAsUser").scalar,
            std::to_string(std::stoi(last.substr(user + 6))));
  EXPECT_NE(last.find("CMD [\"drive\", \"/etc/thaw/drive.yaml\"]"), std::string::npos);
}

TEST(Deploy, TheImageIsBuiltOfWhatTheBuildNeeds) {
  const std::string file = text("deploy/Containerfile"), dev = text("dev");
  const std::size_t from = dev.find("build_packages=(") + 16;
  std::istringstream packages(dev.substr(from, dev.find(')', from) - from));
  int count = 0;
  for (std::string package; packages >> package; ++count) {
    if (package == "ccache") continue;  // it is built once
    EXPECT_NE(file.find(" " + package + " "), std::string::npos) << package;
  }
  EXPECT_GE(count, 10);
  std::istringstream list(text("CMakeLists.txt"));
  for (std::string line; std::getline(list, line);) {
    if (!line.starts_with("add_subdirectory(")) continue;  // tests and bench are asked for
    const std::string folder = line.substr(17, line.find(')') - 17);
    EXPECT_NE(file.find("\nCOPY " + folder + " " + folder + "\n"), std::string::npos) << folder;
  }
}

TEST(Deploy, LeaseAndStateAreThoseThatTheRightsName) {
  int driving = 0;
  for (const fs::path& file : files_below("deploy")) {
    if (file.filename() != "drive.yaml") continue;
    EXPECT_NO_THROW(load_drive_config(file.string())) << file;
    const Node config = read(file).at(0);
    EXPECT_EQ(at(config, "listen").scalar, "0.0.0.0:8080") << "what the probes ask";
    const bool shadow = file.string().find("shadow") != std::string::npos;
    EXPECT_EQ(at(config, "lease").kind == Node::Kind::null, shadow) << file;
    EXPECT_EQ(at(config, "state").kind == Node::Kind::null, shadow) << file;
    if (shadow) continue;
    EXPECT_EQ(at(config, "lease.name").scalar, "thaw");
    EXPECT_EQ(at(config, "lease.namespace").scalar, "thaw");
    EXPECT_EQ(at(config, "state.configMap").scalar, "thaw-state");
    EXPECT_EQ(at(config, "state.namespace").scalar, "thaw");
    ++driving;
  }
  EXPECT_EQ(driving, 3);
}

TEST(Deploy, AnOverlayHasTheRightsOfTheNamespacesThatItWorksIn) {
  int overlays = 0;
  for (const auto& entry : fs::directory_iterator("deploy/overlays")) {
    const fs::path overlay = entry.path();
    const bool shadow = overlay.string().ends_with("-shadow");
    const Node list = read(overlay / "kustomization.yaml").at(0);
    EXPECT_TRUE(words(at(list, "resources")).contains(shadow ? "../../shadow" : "../../base"));
    Set given;
    for (const std::string& name : words(at(list, "resources"))) {
      if (name.starts_with("..")) continue;
      const Node managed = read(overlay / name / "kustomization.yaml").at(0);
      given.insert(at(managed, "namespace").scalar);
      EXPECT_EQ(words(at(managed, "resources")),
                Set{shadow ? "../../../managed-shadow" : "../../../managed"});
    }
    EXPECT_EQ(given, words(at(read(overlay / "drive.yaml").at(0), "namespaces"))) << overlay;
    ASSERT_EQ(at(list, "images").list.size(), 1u);
    EXPECT_EQ(at(at(list, "images").list[0], "name").scalar, "thaw");
    EXPECT_EQ(at(at(list, "configMapGenerator").list.at(0), "behavior").scalar, "replace");
    ++overlays;
  }
  EXPECT_EQ(overlays, 4);
}

TEST(Deploy, LintFindsNothing) {
  for (const char* folder : {"deploy/base", "deploy"}) {
    for (const lint::Finding& finding : lint::linted_paths({folder}).findings) {
      EXPECT_EQ(finding.severity, lint::Severity::info)
          << finding.place.file << ":" << finding.place.line << ": " << finding.code << " "
          << finding.message;
    }
  }
}

TEST(LiveGuides, NameWhatIsThere) {
  const auto check = [](const std::string& guide, const std::string& prefix) {
    int named = 0;
    for (std::size_t from = guide.find(prefix); from != std::string::npos;
         from = guide.find(prefix, from + 1)) {
      std::size_t end = from;
      while (end < guide.size() && (std::isalnum(static_cast<unsigned char>(guide[end])) != 0 ||
                                    std::string("/-_.").find(guide[end]) != std::string::npos)) {
        ++end;
      }
      std::string path = guide.substr(from, end - from);
      while (path.ends_with('.')) path.pop_back();
      if (end < guide.size() && guide[end] == '*') continue;
      EXPECT_TRUE(fs::exists(path) || fs::exists(path + ".yaml")) << path;
      ++named;
    }
    return named;
  };
  for (const char* guide : {"docs/live/kapsule.md", "docs/live/gke.md"}) {
    const std::string page = text(guide);
    EXPECT_GE(check(page, "deploy/"), 5) << guide;
    EXPECT_GE(check(page, "scenarios/"), 1) << guide;
  }
}

}  // namespace
}  // namespace thaw
