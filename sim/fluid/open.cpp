#include <dlfcn.h>

#include <stdexcept>
#include <string>

#include "sim/fluid/module.hpp"

namespace {
bool module_is_open = false;
}

// SimGrid's threads are still there when the process ends, and LeakSanitizer now and then dies
// while it looks at them ("Tracer caught signal 11"): with flows it looks for no leaks. It calls
// this by its name; in other builds nobody does.
extern "C" int __lsan_is_turned_off();
extern "C" int __lsan_is_turned_off() { return module_is_open ? 1 : 0; }

namespace thaw::sim {

namespace {

std::string loader_error() {
  const char* const text = dlerror();
  return text != nullptr ? text : "no error given";
}

}  // namespace

std::vector<std::filesystem::path> fluid_module_candidates(
    const std::filesystem::path& executable_folder) {
  return {
      executable_folder / kFluidModule,
      (executable_folder / "../lib/thaw" / kFluidModule).lexically_normal(),
      kFluidModule,
  };
}

std::unique_ptr<Fluid> open_fluid_from(const std::vector<std::filesystem::path>& candidates,
                                       const Capacities& capacities) {
  std::string tried;
  for (const std::filesystem::path& candidate : candidates) {
    void* const module = dlopen(candidate.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) {
      tried += "\n  " + candidate.string() + ": " + loader_error();
      continue;
    }
    module_is_open = true;
    void* const factory = dlsym(module, kFluidFactory);
    if (factory == nullptr) {
      throw std::runtime_error(candidate.string() +
                               " is not of this version of thaw: " + loader_error());
    }
    return std::unique_ptr<Fluid>(reinterpret_cast<FluidFactory>(factory)(capacities));
  }
  throw std::runtime_error(
      "image pulls and model loads need SimGrid (Debian package libsimgrid3.32), but its module "
      "does not open; tried" +
      tried);
}

std::unique_ptr<Fluid> open_fluid(const Capacities& capacities) {
  std::error_code ignored;  // without /proc the loader's own search remains
  const std::filesystem::path executable = std::filesystem::read_symlink("/proc/self/exe", ignored);
  return open_fluid_from(fluid_module_candidates(executable.parent_path()), capacities);
}

}  // namespace thaw::sim
