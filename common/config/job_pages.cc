#include "common/config/job_pages.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>

namespace millrace {
namespace {

std::string_view word_of(ParameterType type) {
    switch (type) {
        case ParameterType::kText: return "text";
        case ParameterType::kInteger: return "whole number";
        case ParameterType::kNumber: return "number";
        case ParameterType::kBoolean: return "true or false";
        case ParameterType::kTexts: return "list of texts";
        case ParameterType::kPatterns: return "text, or list of texts";
        case ParameterType::kColumns: return "list of columns";
        case ParameterType::kMap: return "map";
        case ParameterType::kAny: return "any";
    }
    return "?";
}

std::string with_blanks(std::string_view list) {
    std::string text;
    for (const std::string& name : split_names(list)) text += (text.empty() ? "" : ", ") + name;
    return text;
}

std::string bound_text(double value) {
    return std::to_string(static_cast<int64_t>(value));
}

std::string kind_cell(const Parameter& parameter) {
    std::string text(word_of(parameter.type));
    if (!parameter.choices.empty()) text = with_blanks(parameter.choices);
    const bool low = std::isfinite(parameter.least);
    const bool high = std::isfinite(parameter.most);
    if (low || high) {
        text += low ? ", " + bound_text(parameter.least) : ", up";
        text += high ? " to " + bound_text(parameter.most) : " or more";
    }
    if (!parameter.unit.empty()) text += ", " + std::string(parameter.unit);
    return text;
}

std::string fallback_cell(const Parameter& parameter) {
    if (parameter.required) return "required";
    if (parameter.effect != Effect::kUsed || parameter.fallback.empty()) return "";
    return "`" + std::string(parameter.fallback) + "`";
}

std::string meaning_cell(const Parameter& parameter) {
    std::string text(parameter.sentence);
    if (parameter.effect == Effect::kIgnored) text = "Makes no difference here. " + text;
    if (parameter.effect == Effect::kRefused) text = "*Not built yet.* " + text;
    if (parameter.effect == Effect::kNever) text = "*Refused.* " + text;
    if (!parameter.later.empty()) text += " *Not built yet:* " + with_blanks(parameter.later) + ".";
    if (!parameter.aliases.empty()) text += " Also: `" + with_blanks(parameter.aliases) + "`.";
    if (parameter.secret) text += " Secret: never shown.";
    for (size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) {
        text.insert(at, "\\");
    }
    return text;
}

std::string table_of(Owner owner) {
    std::string text = "| parameter | value | default | meaning |\n|---|---|---|---|\n";
    for (const Parameter& parameter : parameters_of(owner)) {
        text += "| `" + std::string(parameter.name) + "` | " + kind_cell(parameter) + " | " +
                fallback_cell(parameter) + " | " + meaning_cell(parameter) + " |\n";
    }
    return text + "\n";
}

std::string plugin_table() {
    std::string text = "| plugin | side | also | what it carries |\n|---|---|---|---|\n";
    for (const Plugin& plugin : all_plugins()) {
        text += "| `" + std::string(plugin.name) + "` | " +
                (plugin.side == Side::kReader ? "reader" : "writer") + " | `" +
                with_blanks(plugin.aliases) + "` | " + (plugin.built ? "" : "*not built yet:* ") +
                std::string(plugin.sentence) + " |\n";
    }
    return text + "\n";
}

std::string plugin_section(const Plugin& plugin) {
    std::string text = std::string(plugin.side == Side::kReader ? "## Reader `" : "## Writer `") +
                       std::string(plugin.name) + "`\n" + table_of(plugin.owner);
    if (plugin.owner == Owner::kElasticsearchWriter) {
        text += "A column of it:\n\n" + table_of(Owner::kElasticsearchColumn);
    }
    return text;
}

constexpr std::string_view kBegin = R"(# Job scripts
<!-- Made by `millrace docs` from the parameter table: change common/config/parameters_*.cc, then run
     `millrace docs > docs/jobs.md`. -->

A job is one script: a reader, a writer and a setting. Two shapes are read, those of DataX and of
Data Integration's script mode:

```
{"job": {"setting": {}, "content": [{"reader": {"name": "otsstreamreader", "parameter": {}},
                                     "writer": {"name": "osswriter", "parameter": {}}}]}}
{"type": "job", "version": "1.0", "configuration": {"setting": {},
    "reader": {"plugin": "otsstream", "parameter": {}}, "writer": {"plugin": "oss", "parameter": {}}}}
```

`millrace template otsstream oss` prints one to begin with, `millrace lint JOB` says what is wrong with
one, at `file:line:column`.

- Read silently: comments with `#`, `//` and `/* */`, trailing commas, keys in any order.
- Repaired with a note: keys with blanks around, numbers and booleans in quotes, curly quotes, a second
  closing quote, words behind a comma, a dot at the end of `instanceName`.
- Errors with a proposed repair: missing braces or commas, unbalanced brackets, a key that stands twice,
  undefined variables, unknown plugins. Unknown parameters are warnings with the nearest known name.

## Variables
| in a script | is |
|---|---|
| `${name}` | the value of `-Dname=value`, `-D name=value`, `-D name =value` or `-p "-Dname=value"` |
| `$[yyyymmddhh24miss-10/24/60]` | the schedule time (of a bare run: now) less 10 minutes; also `+`, whole days, and Java's spelling `$[yyyyMMddHHmmss-10/24/60]` |
| `${bdp.system.bizdate}` | the day before the schedule day, `yyyyMMdd` |
| `${bdp.system.cyctime}` | the schedule time, `yyyyMMddHHmmss` |
| `{date}`, `${date}` in `object` | the day of the window's start, without a window the day of the run; `-Ddate=` wins |
| `${env:NAME}` in the data sources file | an environment variable |

With `--next` the variables of the start and end keys are set by Millrace.

## Plugins
)";

constexpr std::string_view kPairs =
    R"(Any reader goes with any writer. The values of a row are taken by their
position: the reader gives as many columns as the writer takes. An `odps` writer may take more, which
stay null.

- The cells of `otsstream` without `mode` and of `ots` with `multiVersion` (keys, column name, time,
  value, …) go to `oss` and `odps`; those of `ots` also to `ots` with `multiVersion`. Documents and
  normal rows need a reader that gives rows.
- Rows of `oss` and `odps` have no key: an `elasticsearch` writer needs columns of type `id` then.

)";

// The files stand in docs/examples; a test parses each of them.
constexpr std::string_view kExamples = R"(## Examples
Their data sources are in [examples/sources.json](examples/sources.json).

| transfer | script |
|---|---|
| changes -> OSS csv | [stream-to-oss-csv](examples/stream-to-oss-csv.json) |
| changes -> OSS Parquet | [stream-to-oss-parquet](examples/stream-to-oss-parquet.json) |
| changes -> Elasticsearch | [stream-to-elasticsearch](examples/stream-to-elasticsearch.json) |
| changes -> Alibaba OpenSearch | [stream-to-opensearch](examples/stream-to-opensearch.json) |
| changes -> MaxCompute, one row per cell | [stream-to-maxcompute](examples/stream-to-maxcompute.json) |
| whole table -> MaxCompute | [table-to-maxcompute](examples/table-to-maxcompute.json) |
| whole table -> OSS csv | [table-to-oss-csv](examples/table-to-oss-csv.json) |
| whole table -> OSS Parquet | [table-to-oss-parquet](examples/table-to-oss-parquet.json) |
| whole table -> Elasticsearch | [table-to-elasticsearch](examples/table-to-elasticsearch.json) |
| OSS csv -> table | [oss-csv-to-table](examples/oss-csv-to-table.json) |
| OSS Parquet -> table | [oss-parquet-to-table](examples/oss-parquet-to-table.json) |
| MaxCompute -> table | [maxcompute-to-table](examples/maxcompute-to-table.json) |

)";

constexpr std::string_view kSources = R"(## Data sources
`--sources FILE`, else `./sources.json`, else `$XDG_CONFIG_HOME/millrace/sources.json`. One entry per
name; a script names it as `"datasource": "school"`. What stands in the script itself wins.

```
{"school": {"type": "ots", "endpoint": "https://school.cn-hangzhou.ots.aliyuncs.com",
            "instance": "school", "accessId": "LTAI…", "accessKey": "${env:OTS_KEY}"}}
```

)";

std::string sample_of(const Parameter& parameter) {
    return "\"" + std::string(parameter.name) + "\": " + std::string(parameter.sample);
}

// Parameters worth showing as comments: used ones that a script may say besides the sample.
bool worth_a_comment(const Parameter& parameter) {
    return parameter.effect == Effect::kUsed && parameter.sample.empty() && !parameter.secret &&
           parameter.role != Role::kConnection && !parameter.fallback.empty();
}

std::string template_of(const Plugin& plugin) {
    std::string text =
        std::string("    \"") + (plugin.side == Side::kReader ? "reader" : "writer") +
        "\": {\n      \"plugin\": \"" + std::string(plugin.name) + "\",\n      \"parameter\": {\n";
    for (const Parameter& parameter : parameters_of(plugin.owner)) {
        if (parameter.sample.empty()) continue;
        text += "        " + sample_of(parameter) + ",\n";
    }
    for (const Parameter& parameter : parameters_of(plugin.owner)) {
        if (!worth_a_comment(parameter)) continue;
        text += "        # \"" + std::string(parameter.name) +
                "\": " + std::string(parameter.fallback) + ",  # " +
                std::string(parameter.sentence) + "\n";
    }
    return text + "      }\n    }";
}

}  // namespace

std::string process_reference() {
    return table_of(Owner::kProcess);
}

std::string jobs_page() {
    std::string page(kBegin);
    page += plugin_table();
    page += kPairs;
    page += kExamples;
    page += "## setting\n" + table_of(Owner::kSetting);
    for (const Plugin& plugin : all_plugins()) page += plugin_section(plugin);
    page += kSources;
    std::set<std::string_view> seen;
    for (const Plugin& plugin : all_plugins()) {
        if (!seen.insert(plugin.source_type).second) continue;
        page += "Type `" + std::string(plugin.source_type) + "`:\n\n" + table_of(plugin.source);
    }
    while (page.ends_with("\n\n")) page.pop_back();
    return page;
}

std::string job_template(const Plugin& reader, const Plugin& writer) {
    return "{\n  \"type\": \"job\",\n  \"version\": \"1.0\",\n  \"configuration\": {\n"
           "    \"setting\": {\n"
           "      \"errorLimit\": {\"record\": 0},  # dirty records that are allowed\n"
           "      \"speed\": {\"mbps\": 10, \"concurrent\": 2}  # MB/s of the source; shards at a "
           "time\n"
           "    },\n" +
           template_of(reader) + ",\n" + template_of(writer) + "\n  }\n}\n";
}

}  // namespace millrace
