// A scenario's manifests on a real control plane, and off it again: everything of it, and nothing
// of anybody else's.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <set>

#include "drivers/applied/application.hpp"
#include "drivers/applied/clean.hpp"
#include "drivers/applied/owner.hpp"
#include "engine/scenario/load.hpp"
#include "tests/live/client_case.hpp"
#include "tests/live/eventually.hpp"
#include "tests/live/process.hpp"

namespace thaw::live {
namespace {

using namespace kubernetes;
using namespace applied;

// What comes and goes by itself, whoever does what.
const std::set<std::string> kRestless{"Event", "Lease", "EndpointSlice", "Endpoints"};

Awaitable<Plan> plan_of(Reader& reader, const Scenario& scenario,
                        const std::vector<RawObject>& objects, PlanSettings settings) {
  Plan made = co_await plan_for(reader, scenario, objects, settings);
  co_return made;
}

class LiveApplied : public ClientCase {
 protected:
  // Longer than other tests give a coroutine: pods take their time to go.
  template <class T>
  T finish(Awaitable<T> task) {
    std::optional<T> result;
    std::exception_ptr error;
    bool done = false;
    boost::asio::co_spawn(io_, std::move(task), [&](std::exception_ptr thrown, T value) {
      error = thrown;
      result.emplace(std::move(value));
      done = true;
    });
    if (!loopback::run_until(
            io_, [&] { return done; }, 150s))
      throw std::logic_error("the coroutine does not end");
    if (error) std::rethrow_exception(error);
    return std::move(*result);
  }

  Plan plan_scenario(const std::string& path, PlanSettings settings) {
    const Scenario scenario = load_scenario(path);
    const std::vector<RawObject> objects = objects_of_scenario(path);
    return finish(plan_of(reader_, scenario, objects, std::move(settings)));
  }

  ApplySettings settings() {
    ApplySettings made;
    made.identity = "the test";
    made.log = [this](const std::string& line) { log_.push_back(line); };
    return made;
  }

  // Every object of the cluster that does not come and go, as "Deployment x in namespace y"; with a
  // label only those that bear it.
  std::set<std::string> everything(const std::string& label = {}) {
    const Served served = finish(discover_all(reader_));
    std::set<std::string> titles;
    for (const Resource& resource : served.all()) {
      if (!resource.kept || kRestless.contains(resource.kind)) continue;
      for (const Json& object : finish(reader_.list_all({collection_of(resource, ""), label})))
        titles.insert(title_of(resource.kind, text_at(object, {"metadata", "namespace"}),
                               text_at(object, {"metadata", "name"})));
    }
    return titles;
  }

  // Namespaces of other cases may still be going.
  std::set<std::string> left_of(const std::string& run) { return everything(label_selector(run)); }

  Cleaned clean_up(const std::string& run) { return finish(clean(reader_, writer_, run, {})); }

  std::vector<std::string> log_;
};

// A small scenario of our own in the case's namespace, or another.
class OwnScenario : public LiveApplied {
 protected:
  void SetUp() override {
    LiveApplied::SetUp();
    std::string pattern = testing::TempDir() + "thaw_applied_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    write("scenario.yaml",
          "apiVersion: thaw/v1\nkind: Scenario\nname: own\ncluster:\n  pools:\n"
          "    - {name: a, machine: {cpu: 4, memory: 8GB, price: 1 EUR/h}, nodes: {min: 1, max: "
          "1}}\nmanifests: [f.yaml]\nfunctions:\n"
          "  f: {image: 1MB, service: {seconds: 1s, dispatch: oldest}}\n");
  }
  void TearDown() override {
    run({"rm", "-r", folder_});
    LiveApplied::TearDown();
  }
  using ClientCase::run;
  static Output run(const std::vector<std::string>& command) { return live::run(command); }
  void write(const std::string& name, const std::string& text) const {
    live::run({"tee", folder_ + "/" + name}, text);
  }
  std::string deployment_in(const std::string& ns) const {
    return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: f, namespace: " + ns +
           "}\nspec:\n  selector: {matchLabels: {app: f}}\n  template:\n"
           "    metadata: {labels: {app: f}}\n    spec:\n"
           "      containers: [{name: f, image: f, ports: [{containerPort: 8080}]}]\n";
  }
  std::string service_in(const std::string& ns) const {
    return "---\napiVersion: v1\nkind: Service\nmetadata: {name: f, namespace: " + ns +
           "}\nspec: {selector: {app: f}, ports: [{port: 80, targetPort: 8080}]}\n";
  }
  std::string folder_;
};

struct Document {
  std::string scenario;
  std::set<std::string> applied;   // some of what has to be there
  std::set<std::string> left_out;  // what must not
  bool driven = true;
};

void PrintTo(const Document& document, std::ostream* out) { *out << document.scenario; }

class Documents : public LiveApplied, public testing::WithParamInterface<Document> {};

TEST_P(Documents, AreAppliedAndLeaveNothing) {
  const Document& document = GetParam();
  const std::set<std::string> before = everything();
  PlanSettings how{.run = new_run_id()};
  how.driven = [&](const FunctionSpec&) { return document.driven; };
  how.annotations = [](const Workload&) {
    return std::map<std::string, std::string>{{"fake/ready", "10ms"}};
  };
  const Plan plan = plan_scenario("scenarios/" + document.scenario, how);
  const Applied made = finish(applied::apply(reader_, writer_, plan, settings()));
  const std::set<std::string> there = everything();
  for (const std::string& title : document.applied) EXPECT_TRUE(there.contains(title)) << title;
  for (const std::string& title : document.left_out) EXPECT_FALSE(there.contains(title)) << title;
  EXPECT_EQ(made.run, how.run);
  // Each function's pods can be told from others', and have what the caller adds.
  for (const FunctionOn& on : plan.functions) {
    ASSERT_NE(on.kind, "") << on.name;
    ASSERT_NE(on.service, "") << on.name;
    const std::string pods =
        "{.spec.template.metadata.labels.thaw\\.dev/function} "
        "{.spec.template.metadata.labels.thaw\\.dev/run} "
        "{.spec.template.metadata.annotations.fake/ready}";
    const Output output = plane().kubectl(
        {"get", "--namespace=" + on.ns, on.kind + "/" + on.name, "--output=jsonpath=" + pods});
    EXPECT_EQ(output.text, on.name + " " + how.run + " 10ms");
    const Output port = plane().kubectl({"get", "--namespace=" + on.ns, "service/" + on.service,
                                         "--output=jsonpath={.spec.ports[0].port}"});
    EXPECT_EQ(port.text, std::to_string(on.port));
  }
  const std::vector<RunLeft> known = finish(runs(reader_));
  const auto own = std::ranges::find(known, how.run, &RunLeft::id);
  ASSERT_NE(own, known.end());
  EXPECT_EQ(own->scenario, document.scenario);
  EXPECT_EQ(own->identity, "the test");
  EXPECT_EQ(own->namespaces, plan.namespaces);

  const Cleaned cleaned = clean_up(how.run);
  EXPECT_EQ(cleaned.left, std::vector<std::string>{});
  EXPECT_EQ(left_of(how.run), std::set<std::string>{});
  const std::set<std::string> after = everything();
  for (const std::string& title : after) EXPECT_TRUE(before.contains(title)) << title << " is new";
  EXPECT_EQ(clean_up(how.run).removed, std::vector<std::string>{}) << "again is harmless";
}

INSTANTIATE_TEST_SUITE_P(
    AllFive, Documents,
    testing::Values(Document{"slimfaas-kapsule",
                             {"Deployment ollama in namespace slimfaas-demo",
                              "Service ollama in namespace slimfaas-demo"},
                             {"StatefulSet slimfaas in namespace slimfaas-demo",
                              "Service slimfaas in namespace slimfaas-demo",
                              "ServiceAccount slimfaas in namespace slimfaas-demo",
                              "Role slimfaas in namespace slimfaas-demo",
                              "Ingress slimfaas in namespace slimfaas-demo"}},
                    Document{"fedless-vgpu",
                             {"Deployment gpu-client-1 in namespace openfaas-fn",
                              "Deployment aggregator in namespace openfaas-fn",
                              "Service gpu-client-1 in namespace openfaas-fn"},
                             {}},
                    Document{"suse-hpa",
                             {"Deployment ollama in namespace suse-private-ai",
                              "Service ollama in namespace suse-private-ai",
                              "PersistentVolumeClaim ollama in namespace suse-private-ai",
                              "HorizontalPodAutoscaler ollama-hpa in namespace suse-private-ai",
                              "RuntimeClass nvidia"},
                             {},
                             false},
                    Document{"vaccel-openfaas",
                             {"Deployment fclassify in namespace openfaas-fn",
                              "Service fclassify in namespace openfaas-fn", "RuntimeClass kata-fc"},
                             {"Deployment gateway in namespace openfaas",
                              "Service gateway in namespace openfaas"}},
                    Document{"knative-dapr-gke",
                             {"Deployment inference-service in namespace ollama",
                              "Deployment redis in namespace ollama",
                              "StatefulSet postgresql in namespace ollama"},
                             {}}),
    [](const testing::TestParamInfo<Document>& document) {
      std::string name = document.param.scenario;
      std::erase(name, '-');
      return name;
    });

TEST_F(OwnScenario, WhatIsThereAlreadyIsRefusedUntouchedAndNothingIsMade) {
  // "a" comes before "f", and its namespace is missing.
  write("f.yaml", deployment_in(space()) + service_in("elsewhere"));
  apply(deployment_in(space()));
  const std::string version = get({"deployment/f"}, "{.metadata.resourceVersion}");
  const Plan plan = plan_scenario(folder_, {.run = new_run_id()});
  std::string said;
  try {
    finish(applied::apply(reader_, writer_, plan, settings()));
  } catch (const Refused& refused) {
    said = refused.what();
  }
  EXPECT_EQ(said,
            "nothing was applied:\n  Deployment f in namespace " + space() +
                " is there already, written by kubectl-client-side-apply; remove it, or put the "
                "scenario into another namespace");
  EXPECT_EQ(get({"deployment/f"}, "{.metadata.generation}"), "1");
  EXPECT_EQ(get({"deployment/f"}, "{.metadata.labels}"), "");
  EXPECT_EQ(left_of(plan.run), std::set<std::string>{});
  EXPECT_NE(plane().kubectl({"get", "namespace/elsewhere"}).exit_code, 0);
}

TEST_F(OwnScenario, AnotherRunsObjectIsRefusedWithItsId) {
  write("f.yaml", deployment_in(space()) + service_in(space()));
  const Plan first = plan_scenario(folder_, {.run = new_run_id()});
  finish(applied::apply(reader_, writer_, first, settings()));
  const Plan second = plan_scenario(folder_, {.run = new_run_id()});
  std::string said;
  try {
    finish(applied::apply(reader_, writer_, second, settings()));
  } catch (const Refused& refused) {
    said = refused.what();
  }
  EXPECT_NE(said.find("made by run " + first.run + " of thaw; `thaw clean " + first.run + "`"),
            std::string::npos)
      << said;
  EXPECT_EQ(clean_up(first.run).left, std::vector<std::string>{});
}

// The API server refuses the second object: the first is taken away again.
TEST_F(OwnScenario, AFailureTakesAwayWhatWasMade) {
  write("f.yaml",
        deployment_in(space()) +
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: made, namespace: " + space() +
            "}\ndata: {a: b}\n---\napiVersion: v1\nkind: LimitRange\n"
            "metadata: {name: wrong, namespace: " +
            space() + "}\nspec: {limmits: []}\n");
  const Plan plan = plan_scenario(folder_, {.run = new_run_id()});
  std::string said;
  try {
    finish(applied::apply(reader_, writer_, plan, settings()));
  } catch (const ApiError& error) {
    said = error.what();
  }
  EXPECT_NE(said.find("applying LimitRange wrong in namespace " + space()), std::string::npos)
      << said;
  EXPECT_NE(said.find("unknown field \"spec.limmits\""), std::string::npos) << said;
  EXPECT_NE(std::ranges::find(log_, "ConfigMap made in namespace " + space() + " is made"),
            log_.end());
  EXPECT_EQ(left_of(plan.run), std::set<std::string>{});
}

// Looked for in vain, and made by another before the write.
TEST_F(OwnScenario, WhatComesInBetweenIsRefusedAndSurvives) {
  write("f.yaml", deployment_in(space()) + service_in(space()));
  const Plan plan = plan_scenario(folder_, {.run = new_run_id()});
  ApplySettings how = settings();
  how.stopped = [this] {
    if (log_.size() == 1) kubectl({"create", "service", "clusterip", "f", "--tcp=1:1"});
    return false;
  };
  std::string said;
  try {
    finish(applied::apply(reader_, writer_, plan, how));
  } catch (const Refused& refused) {
    said = refused.what();
  }
  EXPECT_EQ(said.find("Service f in namespace " + space() + " came in between, written by kubectl"),
            0u)
      << said;
  EXPECT_EQ(left_of(plan.run), std::set<std::string>{});
  EXPECT_EQ(get({"service/f"}, "{.spec.ports[0].port}"), "1");
}

// A class that the GPU operator has installed.
TEST_F(OwnScenario, WhatIsTheClustersAndSaysTheSameIsUsedAndStays) {
  const std::string gpu =
      "apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: own-gpu}\n";
  apply(gpu + "handler: nvidia\nscheduling: {nodeSelector: {gpu: there}}\n");
  write("f.yaml", deployment_in(space()) + "---\n" + gpu + "handler: nvidia\n");
  const Plan same = plan_scenario(folder_, {.run = new_run_id()});
  finish(applied::apply(reader_, writer_, same, settings()));
  EXPECT_EQ(clean_up(same.run).left, std::vector<std::string>{});
  EXPECT_EQ(get({"runtimeclass/own-gpu"}, "{.scheduling.nodeSelector.gpu}"), "there");
  write("f.yaml", deployment_in(space()) + "---\n" + gpu + "handler: other\n");
  const Plan another = plan_scenario(folder_, {.run = new_run_id()});
  EXPECT_THROW(finish(applied::apply(reader_, writer_, another, settings())), Refused);
  EXPECT_EQ(kubectl({"delete", "runtimeclass/own-gpu"}).exit_code, 0);
}

TEST_F(OwnScenario, StoppedInTheMiddleItTakesAwayWhatWasMade) {
  write("f.yaml", deployment_in("stopped-inside") + service_in("stopped-inside"));
  const Plan plan = plan_scenario(folder_, {.run = new_run_id()});
  ApplySettings how = settings();
  how.stopped = [this] { return log_.size() >= 3; };
  EXPECT_THROW(finish(applied::apply(reader_, writer_, plan, how)), Interrupted);
  EXPECT_GE(log_.size(), 3u);
  EXPECT_EQ(left_of(plan.run), std::set<std::string>{});
  EXPECT_NE(plane().kubectl({"get", "namespace/stopped-inside"}).exit_code, 0);
}

TEST_F(OwnScenario, KilledInTheMiddleItIsCleanedByTheCommand) {
  write("f.yaml", deployment_in("killed-inside") + service_in("killed-inside"));
  const Plan plan = plan_scenario(folder_, {.run = new_run_id()});
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    boost::asio::io_context io;
    Transport transport(io.get_executor(), access_of(plane().kubeconfig()));
    Reader reader(transport);
    Writer writer(transport);
    ApplySettings how;
    int written = 0;
    how.stopped = [&] {
      if (++written == 4) kill(getpid(), SIGKILL);  // namespace, owner, Service; no Deployment
      return false;
    };
    loopback::run_here(io, applied::apply(reader, writer, plan, how));
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  const std::set<std::string> left = left_of(plan.run);
  EXPECT_TRUE(left.contains("Service f in namespace killed-inside"));
  EXPECT_TRUE(left.contains("Namespace killed-inside"));

  const std::string kubeconfig = "--kubeconfig=" + plane().kubeconfig();
  const std::string thaw = std::getenv("THAW_BINARY");
  const Output listed = run({thaw, "clean", kubeconfig});
  EXPECT_EQ(listed.exit_code, 0);
  EXPECT_NE(listed.text.find("server https://"), std::string::npos) << listed.text;
  EXPECT_NE(listed.text.find(plan.run + ": own, since 2"), std::string::npos) << listed.text;
  EXPECT_NE(listed.text.find("; in killed-inside"), std::string::npos) << listed.text;
  EXPECT_EQ(left_of(plan.run), left) << "listing removes nothing";
  const Output unknown = run({thaw, "clean", kubeconfig, "nobody"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_NE(unknown.text.find("nobody: no run of this id left anything"), std::string::npos);
  const Output cleaned = run({thaw, "clean", kubeconfig, plan.run});
  EXPECT_EQ(cleaned.exit_code, 0) << cleaned.text;
  EXPECT_EQ(left_of(plan.run), std::set<std::string>{});
  EXPECT_NE(plane().kubectl({"get", "namespace/killed-inside"}).exit_code, 0);
}

// With what docs/clean.md says and nothing else, in one namespace.
TEST_F(OwnScenario, TheRightsInTheDocumentationAreEnough) {
  write("f.yaml", deployment_in(space()) + service_in(space()));
  const std::string all = "verbs: [get, list, create, delete]}";
  const std::string rules =
      "{apiGroups: [''], resources: [namespaces], verbs: [get]}, "
      "{apiGroups: [''], resources: [configmaps, services], " +
      all + ", {apiGroups: [apps], resources: [deployments], " + all +
      ", {apiGroups: [''], resources: [pods], verbs: [list]}, "
      "{apiGroups: [apps], resources: [replicasets], verbs: [list]}";
  Transport own(io_.get_executor(), access_with(token_with("runner", rules)));
  Reader reader(own);
  Writer writer(own);
  const Plan plan = plan_scenario(folder_, {.run = new_run_id()});
  finish(applied::apply(reader, writer, plan, settings()));
  EXPECT_EQ(get({"deployment/f"}, "{.metadata.name}"), "f");
  const std::vector<RunLeft> known = finish(runs(reader, {space()}));
  ASSERT_EQ(known.size(), 1u);
  EXPECT_EQ(known[0].id, plan.run);
  CleanSettings here;
  here.namespaces = {space()};
  EXPECT_EQ(finish(clean(reader, writer, plan.run, here)).left, std::vector<std::string>{});
  EXPECT_EQ(left_of(plan.run), std::set<std::string>{});
  own.close();
  io_.run_for(100ms);
}

// Nobody runs `thaw clean`: Kubernetes' own collector does it once the owner is gone.
TEST_F(OwnScenario, WithoutItsOwnerEverythingInTheNamespaceGoes) {
  write("f.yaml", deployment_in(space()) + service_in(space()));
  const Plan plan = plan_scenario(folder_, {.run = new_run_id()});
  finish(applied::apply(reader_, writer_, plan, settings()));
  EXPECT_EQ(get({"deployment/f"}, "{.metadata.name}"), "f");
  EXPECT_EQ(kubectl({"delete", "configmap/" + owner_name(plan.run)}).exit_code, 0);
  EXPECT_TRUE(eventually(60s, [&] { return left_of(plan.run).empty(); }));
}

TEST_F(OwnScenario, WhatOthersPutBesideItSurvives) {
  write("f.yaml", deployment_in("shared-inside") + service_in("shared-inside"));
  const Plan plan = plan_scenario(folder_, {.run = new_run_id()});
  finish(applied::apply(reader_, writer_, plan, settings()));
  const std::string foreign = "--namespace=shared-inside";
  ASSERT_EQ(plane().kubectl({"create", "configmap", "foreign", foreign}).exit_code, 0);
  const Cleaned cleaned = clean_up(plan.run);
  EXPECT_EQ(cleaned.left,
            (std::vector<std::string>{"Namespace shared-inside: it holds what is not the run's: "
                                      "ConfigMap foreign; remove that first"}));
  EXPECT_EQ(left_of(plan.run), std::set<std::string>{"Namespace shared-inside"});
  EXPECT_EQ(plane().kubectl({"get", "configmap/foreign", foreign}).exit_code, 0);
  ASSERT_EQ(plane().kubectl({"delete", "configmap/foreign", foreign}).exit_code, 0);
  EXPECT_EQ(clean_up(plan.run).left, std::vector<std::string>{});
  EXPECT_NE(plane().kubectl({"get", "namespace/shared-inside"}).exit_code, 0);
}

}  // namespace
}  // namespace thaw::live
