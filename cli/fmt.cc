#include <ostream>

#include "cli/commands.h"
#include "common/config/script_writer.h"
#include "common/config/text_reader.h"

namespace millrace::cli {

int run_fmt(const Options& options, Surroundings& world) {
    if (options.in_place && !options.output.empty()) {
        world.err << "millrace fmt: give either --in-place or -o, not both\n";
        return kExitUsage;
    }
    const Result<std::string> text = world.files.read(options.job);
    if (!text.ok()) {
        world.err << "millrace fmt: the job: " << text.status().text() << "\n";
        return kExitUsage;
    }
    Findings findings(options.job);
    std::vector<Comment> comments;
    const Node root = read_text(*text, findings, &comments);
    for (const Finding& finding : findings.sorted()) world.err << to_text(finding) << "\n";
    if (findings.failed()) return kExitUsage;

    const std::string path = options.in_place ? options.job : options.output;
    // Secrets go into files only.
    const std::string tidy = write_script(root, comments, {.mask_secrets = path.empty()});
    if (path.empty()) {
        world.out << tidy;
        return kExitDone;
    }
    const Status written = world.files.write_atomically(path, tidy);
    if (written.ok()) return kExitDone;
    world.err << "millrace fmt: " << written.text() << "\n";
    return kExitFailed;
}

}  // namespace millrace::cli
