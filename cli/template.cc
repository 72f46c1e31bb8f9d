#include <ostream>

#include "cli/commands.h"
#include "common/config/job_pages.h"
#include "common/config/nearest.h"
#include "common/metrics/page.h"

namespace millrace::cli {
namespace {

const Plugin* find_built(Side side, const std::string& name, std::ostream& err) {
    const Plugin* plugin = find_plugin(side, name);
    const char* what = side == Side::kReader ? "reader" : "writer";
    if (plugin != nullptr && plugin->built) return plugin;
    err << "millrace template: the " << what << " \"" << name << "\" "
        << (plugin ? "is not built yet in this version" : "is not known")
        << (plugin ? "" : did_you_mean(name, plugin_names(side))) << "; built:";
    for (const Plugin& one : all_plugins()) {
        if (one.side == side && one.built) err << " " << one.name;
    }
    err << "\n";
    return nullptr;
}

}  // namespace

int run_template(const Options& options, Surroundings& world) {
    const Plugin* reader = find_built(Side::kReader, options.reader, world.err);
    const Plugin* writer = find_built(Side::kWriter, options.writer, world.err);
    if (reader == nullptr || writer == nullptr) return kExitUsage;
    world.out << job_template(*reader, *writer);
    return kExitDone;
}

int run_docs(const Options& options, Surroundings& world) {
    world.out << (options.subject == "metrics" ? metrics_page() : jobs_page());
    return kExitDone;
}

}  // namespace millrace::cli
