#include "coordinator/commit/receipt.h"

#include <algorithm>

#include "common/stream/position.h"

namespace millrace {

using nlohmann::json;

json counts_form(const Counts& c) {
    return {{"read", c.read},
            {"put", c.put},
            {"update", c.update},
            {"delete", c.remove},
            {"acknowledged", c.acknowledged},
            {"quarantined", c.quarantined},
            {"dropped",
             {{"delete_in_row_mode", c.dropped_delete_in_row_mode},
              {"no_configured_column", c.dropped_no_configured_column}}},
            {"rows", c.rows},
            {"rows_dirty", c.rows_dirty},
            {"source_bytes", c.source_bytes},
            {"output_bytes", c.output_bytes}};
}

namespace {

json place_form(const ShardPlace& place) {
    json form = {{"iterator", place.iterator}, {"skip", place.skip}};
    if (place.last) {
        form["last"] = {place.last->epoch, place.last->timestamp_us, place.last->row_index};
    }
    return form;
}

json with_counts(json form, const ItemView& item) {
    form["shard"] = item.shard.text();
    form["counts"] = counts_form(item.progress.counts);
    form["sums"] = {{"source", item.progress.source_sum.hex()},
                    {"output", item.progress.output_sum.hex()}};
    return form;
}

// Starts and positions of transfers have the form of their source.
Result<json> piece_form(const ItemView& item) {
    json start = json::parse(item.start, nullptr, false);
    json end = json::parse(item.end->position, nullptr, false);
    if (start.is_discarded() || end.is_discarded()) {
        return Status(Code::kCorrupt,
                      "the ledger's place of " + item.item.text() + " is malformed");
    }
    return with_counts(
        {{"start", start}, {"end", {{"kind", name_of(item.end->kind)}, {"position", end}}}}, item);
}

Result<json> shard_form(const ItemView& item, std::vector<json>& losses) {
    MILLRACE_ASSIGN(const ItemStart start, parse_item_start(item.start));
    MILLRACE_ASSIGN(const Position end, parse_position(item.end->position));
    for (const Loss& loss : end.losses) {
        losses.push_back(
            {{"shard", item.shard.text()}, {"from_ms", loss.from_ms}, {"to_ms", loss.to_ms}});
    }
    return with_counts(
        {{"start", place_form(end.began.value_or(start.place))},
         {"end", {{"kind", name_of(item.end->kind)}, {"position", place_form(end.place)}}}},
        item);
}

}  // namespace

Result<json> make_receipt(const ReceiptFacts& facts) {
    const InstanceView& instance = facts.instance;
    Counts counts;
    Sum128 source_sum, output_sum;
    std::vector<json> losses;
    json shards = json::array();
    for (const ItemView& item : facts.items) {
        if (!item.end) return fatal_error("item " + item.item.text() + " is not finished");
        MILLRACE_ASSIGN(json form,
                        facts.stream.empty() ? piece_form(item) : shard_form(item, losses));
        shards.push_back(std::move(form));
        counts.add(item.progress.counts);
        source_sum.add(item.progress.source_sum);
        output_sum.add(item.progress.output_sum);
    }
    if (!counts.balanced()) {
        return fatal_error("the counts of run " + instance.run.text() +
                           " do not balance (read = acknowledged + quarantined + dropped): " +
                           counts_form(counts).dump());
    }
    std::sort(shards.begin(), shards.end(),
              [](const json& a, const json& b) { return a["shard"] < b["shard"]; });
    return json{{"v", 1},
                {"run", instance.run.text()},
                {"task", instance.task.text()},
                {"number", instance.number},
                {"kind", name_of(instance.kind)},
                {"by_image", instance.by_image},
                {"window",
                 {{"start_ms", to_millis(instance.window.start)},
                  {"end_ms", to_millis(instance.window.end)}}},
                {"stream", facts.stream.text()},
                {"source", facts.source},
                {"job", {{"version", instance.job_version}, {"encoder", instance.encoder_version}}},
                {"shards", shards},
                {"counts", counts_form(counts)},
                {"sums", {{"source", source_sum.hex()}, {"output", output_sum.hex()}}},
                {"quarantine", facts.quarantine},
                {"loss", losses},
                {"notes", facts.notes},
                {"meta", facts.meta}};
}

}  // namespace millrace
