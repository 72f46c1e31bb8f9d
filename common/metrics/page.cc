#include "common/metrics/page.h"

#include "common/metrics/names.h"
#include "common/metrics/registry.h"

namespace millrace {

std::string metrics_page() {
    std::string page =
        "# Metrics\n\n"
        "Coordinators and workers answer `GET /metrics` in the text form of Prometheus. This page "
        "is\nwritten by `millrace docs metrics`. Of one label at most " +
        std::to_string(Registry::kLabelValuesMax) +
        " values are told apart; what comes\nafter them is counted under `other`. A metric "
        "appears with its first value.\n\n"
        "| name | type | labels | process | meaning |\n|---|---|---|---|---|\n";
    for (const Metric* one : metric::all()) {
        std::string labels;
        for (size_t i = 0; i < one->label_count(); ++i)
            labels += (i > 0 ? ", `" : "`") + std::string(one->labels[i]) + "`";
        page += "| `" + std::string(one->name) + "` | " + std::string(name_of(one->type)) + " | " +
                labels + " | " + std::string(one->process) + " | " + std::string(one->meaning) +
                " |\n";
    }
    return page;
}

}  // namespace millrace
