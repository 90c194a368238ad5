#include "sim/front_doors.hpp"

#include <algorithm>

#include "engine/scenario/openfaas.hpp"
#include "engine/scenario/slimfaas_annotations.hpp"
#include "sim/knative/data_path.hpp"
#include "sim/openfaas_gateway.hpp"
#include "sim/service_gateway.hpp"
#include "sim/slimfaas_gateway.hpp"

namespace thaw::sim {

FrontDoors::FrontDoors(World& world, Requests& requests, Serving& serving,
                       GatewayListener& listener, Diagnostics& diagnostics)
    : requests_(requests) {
  const Scenario& scenario = world.scenario;
  const Workload* const slimfaas = slimfaas_of(scenario.manifests);
  if (slimfaas) {
    slimfaas_ = std::make_unique<SlimFaasGateway>(
        world, requests, serving, GatewaySettings::resolve(scenario, *slimfaas, diagnostics),
        listener);
  }
  for (const FunctionSpec& function : scenario.functions) {
    const Workload& workload = scenario.manifests.workloads[function.workload];
    if (is_slimfaas_function(workload)) {
      if (!slimfaas_) {
        throw InputError(
            {{workload.place, "manifests",
              workload.name + " is a function of SlimFaas, and there is no SlimFaas among the "
                              "manifests (a StatefulSet whose image is …/slimfaas): nothing "
                              "would serve it"}});
      }
      of_function_.push_back(slimfaas_.get());
    } else if (workload.kind == Workload::Kind::openfaas_function) {
      if (!openfaas_) {
        openfaas_ = std::make_unique<OpenFaasGateway>(
            world, requests, serving, OpenFaasSettings::resolve(scenario, diagnostics), listener);
      }
      of_function_.push_back(openfaas_.get());
    } else if (workload.kind == Workload::Kind::knative_service) {
      if (!knative_)
        knative_ = std::make_unique<KnativeDataPath>(world, requests, serving, listener);
      of_function_.push_back(knative_.get());
    } else {
      if (!service_)
        service_ = std::make_unique<ServiceGateway>(world, requests, serving, listener);
      of_function_.push_back(service_.get());
    }
  }
}

FrontDoors::~FrontDoors() = default;

// SlimFaas knows paths of its own; what it would only not find may be another door's.
Call FrontDoors::resolve(Method method, std::string_view path) const {
  if (slimfaas_) {
    const Call call = slimfaas_->resolve(method, path);
    const bool other =
        call.kind == Call::Kind::function && of_function_[call.function] != slimfaas_.get();
    if (call.kind != Call::Kind::unknown && !other) return call;
  }
  for (const Gateway* door : {openfaas_.get(), knative_.get(), service_.get()}) {
    if (!door) continue;
    const Call call = door->resolve(method, path);
    if (call.kind == Call::Kind::function && of_function_[call.function] == door) return call;
  }
  Call unknown;
  unknown.method = method;
  return unknown;
}

Gateway& FrontDoors::door_of(const Call& call) const {
  if (call.kind == Call::Kind::function) return *of_function_[call.function];
  if (slimfaas_) return *slimfaas_;
  return *of_function_.front();
}

// Called again when a crashed controller is back: of the doors only SlimFaas went with it.
void FrontDoors::start() {
  for (Gateway* door : {slimfaas_.get(), openfaas_.get(), knative_.get(), service_.get()})
    if (door && !door->up({})) door->start();
}

void FrontDoors::accept(RequestId id, const Call& call) { door_of(call).accept(id, call); }

void FrontDoors::readiness_changed(std::size_t function) {
  of_function_[function]->readiness_changed(function);
}

// SlimFaas is controller and gateway in one; the other doors outlive a controller.
std::vector<RequestId> FrontDoors::crash(bool keep_idle_clocks) {
  if (!slimfaas_) return {};
  return slimfaas_->crash(keep_idle_clocks);
}

}  // namespace thaw::sim
