#include "coordinator/commit/odps_intent.h"

#include <algorithm>

namespace millrace {

using nlohmann::json;

std::vector<uint32_t> OdpsIntent::numbers() const {
    std::vector<uint32_t> all = strays;
    for (const OdpsBlock& block : blocks) all.push_back(block.block);
    std::sort(all.begin(), all.end());
    return all;
}

Result<std::vector<OdpsBlock>> staged_blocks(const std::vector<ItemView>& items,
                                             const std::string& session) {
    std::vector<OdpsBlock> blocks;
    for (const ItemView& item : items) {
        for (const Part& part : item.progress.new_parts) {
            MILLRACE_ASSIGN(const auto staged, maxcompute::StagedBlock::parse(part.data));
            if (staged.session != session) {
                return Status(Code::kNotFound,
                              "item " + item.item.text() + " has written into upload session " +
                                  staged.session + ", which is no longer the run's");
            }
            blocks.push_back(
                {item.item, item.shard, staged.block, staged.rows, staged.bytes, staged.sum});
        }
    }
    const auto less = [](const OdpsBlock& a, const OdpsBlock& b) { return a.block < b.block; };
    std::sort(blocks.begin(), blocks.end(), less);
    for (size_t i = 1; i < blocks.size(); ++i) {
        if (less(blocks[i - 1], blocks[i])) continue;
        return fatal_error("block " + std::to_string(blocks[i].block) +
                           " was written twice: a session holds at most " +
                           std::to_string(maxcompute::kBlocksMax) + " blocks; raise blockBytes");
    }
    return blocks;
}

json to_json(const OdpsIntent& intent) {
    json blocks = json::array();
    for (const OdpsBlock& block : intent.blocks) {
        blocks.push_back({{"item", block.item.text()},
                          {"shard", block.shard.text()},
                          {"block", block.block},
                          {"rows", block.rows},
                          {"bytes", block.bytes},
                          {"sum", block.sum.hex()}});
    }
    json replaced = json::array();
    for (const HeldWindow& held : intent.replaced) {
        replaced.push_back(
            {to_millis(held.window.start), to_millis(held.window.end), held.run.text()});
    }
    return {{"kind", "odps"},
            {"session", intent.session},
            {"partition", intent.partition},
            {"overwrite", intent.overwrite},
            {"blocks", std::move(blocks)},
            {"strays", intent.strays},
            {"replaced", std::move(replaced)}};
}

Result<OdpsIntent> parse_odps_intent(const std::string& text) {
    try {
        const json read = json::parse(text);
        OdpsIntent intent;
        read.at("session").get_to(intent.session);
        read.at("partition").get_to(intent.partition);
        read.at("overwrite").get_to(intent.overwrite);
        read.at("strays").get_to(intent.strays);
        for (const json& one : read.at("blocks")) {
            OdpsBlock block;
            block.item = ItemId(one.at("item").get<std::string>());
            block.shard = ShardId(one.at("shard").get<std::string>());
            one.at("block").get_to(block.block);
            one.at("rows").get_to(block.rows);
            one.at("bytes").get_to(block.bytes);
            MILLRACE_ASSIGN(block.sum, Sum128::parse(one.at("sum").get<std::string>()));
            intent.blocks.push_back(std::move(block));
        }
        for (const json& one : read.value("replaced", json::array())) {
            intent.replaced.push_back(
                {{from_millis(one.at(0)), from_millis(one.at(1))}, RunId(one.at(2))});
        }
        return intent;
    } catch (const json::exception&) {
        return Status(Code::kCorrupt, "the ledger's intent of a MaxCompute commit cannot be read");
    }
}

}  // namespace millrace
