// TH405, TH406, TH407 and TH409: authorities, methods, annotations, and ways past what wakes.
#include <gtest/gtest.h>

#include "tests/lint/path_texts.hpp"

namespace thaw::lint {
namespace way_rules_test {

using Texts = std::vector<std::string>;

// --- TH405 ---

const std::string kKnative =
    "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: f, namespace: web}\n"
    "spec: {template: {spec: {containers: [{image: f}]}}}\n---\n";

std::string mesh(const std::string& host, const std::string& more = "") {
  return "apiVersion: networking.istio.io/v1beta1\nkind: VirtualService\n"
         "metadata: {name: v, namespace: web}\nspec:\n  hosts: [a.example.org]\n  http:\n"
         "    - match: [{uri: {prefix: /}}]\n" +
         more + "      route: [{destination: {host: " + host + "}}]\n";
}

TEST(Authority, OfAKnativeServiceMustBeItsOwn) {
  for (const char* host :
       {"f", "f.web", "f.web.svc.cluster.local", "f-00001-private.web", "f-private"})
    EXPECT_EQ(places(linted({{"a.yaml", kKnative + mesh(host)}}), "TH405"),
              Texts{"TH405 a.yaml:13:36"})
        << host;
}

TEST(Authority, ThatIsRewrittenIsFine) {
  for (const char* rewritten :
       {"      rewrite: {authority: f.web.svc.cluster.local}\n",
        "      headers: {request: {set: {Host: f.web.svc.cluster.local}}}\n"})
    EXPECT_EQ(places(linted({{"a.yaml", kKnative + mesh("f.web", rewritten)}}), "TH405"), Texts{});
}

TEST(Authority, OfKnativesGatewayMustBeAServicesToo) {
  const std::string gateway = "knative-local-gateway.istio-system.svc.cluster.local";
  EXPECT_EQ(places(linted({{"a.yaml", mesh(gateway)}}), "TH405").size(), 1U);
  EXPECT_EQ(
      places(linted({{"a.yaml", mesh(gateway, "      rewrite: {authority: f.web}\n")}}), "TH405"),
      Texts{});
}

TEST(Authority, OfAnyOtherServiceDoesNotMatter) {
  EXPECT_EQ(places(linted({{"a.yaml", kKnative + mesh("other.web")}}), "TH405"), Texts{});
  EXPECT_EQ(places(linted({{"a.yaml", kKnative + mesh("f-web.web")}}), "TH405"), Texts{});
}

TEST(Authority, OfATextIsAWarningWhereItInstallsKnative) {
  const std::string block = "```yaml\n" + mesh("f.web.svc.cluster.local") + "```\n";
  const std::string install =
      "```bash\nkubectl apply -f https://github.com/knative/serving/releases/download/x/"
      "serving-core.yaml\n```\n";
  EXPECT_EQ(places(linted({{"a.md", block}}), "TH405"), Texts{});
  const Result result = linted({{"a.md", install + block}});
  EXPECT_EQ(places(result, "TH405").size(), 1U);
  EXPECT_EQ(result.count(Severity::error), 0U);
}

// --- TH406 ---

Texts commands(const std::string& line) {
  return places(linted({{"a.md", "```bash\n" + line + "\n```\n"}}), "TH406");
}

TEST(Method, OfAWakeByCurlIsAPostSince060) {
  const std::string url = "https://x/wake-function/ollama";
  EXPECT_EQ(commands("curl -sSL " + url), Texts{"TH406 a.md:2:11"});
  for (const char* post : {"curl -X POST ", "curl -XPOST ", "curl --request=POST ", "curl -d '' ",
                           "curl -sd '' ", "curl --json '{}' "})
    EXPECT_EQ(commands(post + url), Texts{}) << post;
  EXPECT_EQ(commands("curl -X GET " + url).size(), 1U);
  EXPECT_EQ(commands("curl --header 'A: b' " + url).size(), 1U);
}

TEST(Method, OfOllamasQuestionsIsAPost) {
  EXPECT_EQ(commands("curl http://ollama:11434/api/chat").size(), 1U);
  EXPECT_EQ(commands("curl -G -d a=b http://ollama:11434/api/chat").size(), 1U);
  EXPECT_EQ(commands("curl http://ollama:11434/api/chat -d '{}'"), Texts{});
  EXPECT_EQ(commands("curl http://ollama:11434/api/tags"), Texts{});
  EXPECT_EQ(commands("curl http://shop/api/chat"), Texts{}) << "another's";
}

TEST(Method, OfAScenariosWakeGoesByItsVersion) {
  const auto wake_by_get = [](const std::string& version) {
    std::string text =
        scenario_text("1s", "workload:\n  - {name: w, at: 1s, get: /wake-function/f}\n");
    text.replace(text.find("0.24"), 4, version);
    return places(
        linted_scenario(text, function_text() + service_text("f", 8080) + slimfaas_text()),
        "TH406");
  };
  EXPECT_EQ(wake_by_get("0.57"), Texts{});
  EXPECT_EQ(wake_by_get("0.60"), Texts{"TH406 scenario.yaml:17:5"});
}

// --- TH407 ---

Result ingress(const std::string& annotation, const std::string& spec = "") {
  return linted({{"a.yaml",
                  "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: i\n"
                  "  annotations:\n    " +
                      annotation + "\nspec: {" + spec +
                      "rules: [{http: {paths: [{path: /, pathType: Prefix, backend: "
                      "{service: {name: s, port: {number: 80}}}}]}}]}\n"}});
}

TEST(IngressAnnotation, WithAUnitIsPassedOverByIngressNginx) {
  const Result result = ingress("nginx.ingress.kubernetes.io/proxy-read-timeout: \"1200s\"");
  EXPECT_EQ(places(result, "TH407"), Texts{"TH407 a.yaml:6:53"});
  EXPECT_EQ(result.findings.at(0).mend,
            "write nginx.ingress.kubernetes.io/proxy-read-timeout: \"1200\"");
  EXPECT_EQ(places(ingress("nginx.ingress.kubernetes.io/proxy-read-timeout: \"1200\""), "TH407"),
            Texts{});
  EXPECT_EQ(places(ingress("nginx.org/proxy-read-timeout: 1200s"), "TH407"), Texts{});
}

TEST(IngressAnnotation, ToConnectForMoreThan75sIsAnInfo) {
  const std::string key = "nginx.ingress.kubernetes.io/proxy-connect-timeout: ";
  EXPECT_EQ(places(ingress(key + "\"75\""), "TH407"), Texts{});
  const Result result = ingress(key + "\"76\"");
  EXPECT_EQ(places(result, "TH407").size(), 1U);
  EXPECT_EQ(result.count(Severity::info), 1U);
}

TEST(IngressAnnotation, OfAnotherControllerThanItsClassIsAWarning) {
  const std::string vendor = "nginx.org/proxy-read-timeout: 60s";
  EXPECT_EQ(places(ingress(vendor, "ingressClassName: traefik, "), "TH407"),
            Texts{"TH407 a.yaml:6:5"});
  EXPECT_EQ(places(ingress(vendor, "ingressClassName: nginx, "), "TH407"), Texts{})
      << "the class of either";
  EXPECT_EQ(places(ingress(vendor), "TH407"), Texts{});
}

TEST(IngressAnnotation, GoesByTheControllerOfItsIngressClass) {
  const auto of = [](const std::string& controller) {
    const std::string text =
        "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: nginx}\n"
        "spec: {controller: " +
        controller + "}\n";
    return linted({{"a.yaml",
                    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: i\n"
                    "  annotations: {nginx.org/proxy-read-timeout: 60s}\nspec: {ingressClassName: "
                    "nginx, rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: "
                    "{name: s, port: {number: 80}}}}]}}]}\n"},
                   {"b.yaml", text}});
  };
  EXPECT_EQ(places(of("k8s.io/ingress-nginx"), "TH407").size(), 1U);
  EXPECT_EQ(places(of("nginx.org/ingress-controller"), "TH407"), Texts{});
}

// --- TH409 ---

const std::string kIngressToF =
    "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\n"
    "spec: {rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: f, port: "
    "{number: 8080}}}}]}}]}\n";

Texts past(const std::string& set) { return places(linted({{"a.yaml", set}}), "TH409"); }

TEST(WakeByMesh, ThroughSlimFaasIsFine) {
  EXPECT_EQ(past(function_text() + service_text("f", 8080) + slimfaas_text()), Texts{});
}

TEST(WakeByMesh, PastSlimFaasIsAWarning) {
  const std::string set = function_text() + service_text("f", 8080);
  EXPECT_EQ(past(set + kIngressToF).size(), 1U);
  EXPECT_EQ(past(function_text() + service_text("f", 8080, "  type: NodePort\n")).size(), 1U);
  EXPECT_EQ(past(set + "---\napiVersion: networking.istio.io/v1beta1\nkind: VirtualService\n"
                       "metadata: {name: v}\nspec: {hosts: [a], http: [{route: [{destination: "
                       "{host: f}}]}]}\n")
                .size(),
            1U);
}

TEST(WakeByMesh, OfAFunctionThatNeverSleepsIsFine) {
  const std::string awake = function_text("        SlimFaas/ReplicasMin: \"1\"\n");
  EXPECT_EQ(past(awake + service_text("f", 8080) + kIngressToF), Texts{});
}

TEST(WakeByMesh, OfAnotherWorkloadsVariableIsAWarningThere) {
  const auto caller = [](const std::string& url) {
    return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n"
           "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: "
           "web}}\n"
           "    spec: {containers: [{name: web, image: web, env: [{name: BACKEND_URL, value: \"" +
           url + "\"}]}]}\n";
  };
  const std::string set = function_text() + service_text("f", 8080);
  EXPECT_EQ(past(set + caller("http://f:8080")).size(), 1U);
  EXPECT_EQ(past(set + caller("http://slimfaas:5000/function/f")), Texts{});
}

TEST(WakeByMesh, ByDaprIsAnInfo) {
  const auto knative = [](const std::string& more) {
    return linted(
        {{"a.yaml",
          "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: f}\nspec: "
          "{template: {metadata: {annotations: {dapr.io/enabled: \"true\", dapr.io/app-id: f" +
              more + "}}, spec: {containers: [{image: f}]}}}\n"}});
  };
  EXPECT_EQ(severities(knative(""), "TH409"), std::vector<Severity>{Severity::info});
  EXPECT_EQ(places(knative(", autoscaling.knative.dev/min-scale: \"1\""), "TH409"), Texts{});
}

TEST(WakeByMesh, ToAnHpasZeroWakesNobody) {
  const auto set = [](const std::string& least) {
    return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: f}\nspec:\n"
           "  selector: {matchLabels: {app: f}}\n  template:\n    metadata: {labels: {app: f}}\n"
           "    spec: {containers: [{name: f, image: f}]}\n" +
           service_text("f", 8080, "  type: LoadBalancer\n") +
           "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\n"
           "spec:\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: f}\n"
           "  minReplicas: " +
           least +
           "\n  maxReplicas: 3\n  metrics: [{type: External, external: {metric: {name: m}, target: "
           "{type: Value, value: \"1\"}}}]\n";
  };
  EXPECT_EQ(past(set("0")).size(), 1U);
  EXPECT_EQ(past(set("1")), Texts{});
}

}  // namespace way_rules_test
}  // namespace thaw::lint
