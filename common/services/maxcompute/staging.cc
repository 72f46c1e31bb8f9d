#include "common/services/maxcompute/staging.h"

#include <nlohmann/json.hpp>

namespace millrace::maxcompute {

std::string RunStaging::json() const {
    nlohmann::json listed = nlohmann::json::array();
    for (const Column& column : columns) {
        listed.push_back({column.name, column.type_text, column.nullable});
    }
    return nlohmann::json{{"session", session},
                          {"partition", partition},
                          {"overwrite", overwrite},
                          {"columns", listed}}
        .dump();
}

Result<RunStaging> RunStaging::parse(const std::string& text) {
    try {
        const nlohmann::json read = nlohmann::json::parse(text);
        RunStaging staging;
        read.at("session").get_to(staging.session);
        read.at("partition").get_to(staging.partition);
        read.at("overwrite").get_to(staging.overwrite);
        for (const auto& one : read.at("columns")) {
            staging.columns.push_back(
                make_column(one.at(0).get<std::string>(), one.at(1).get<std::string>()));
            one.at(2).get_to(staging.columns.back().nullable);
        }
        return staging;
    } catch (const nlohmann::json::exception&) {
        return Status(Code::kCorrupt, "the ledger's upload session of MaxCompute cannot be read");
    }
}

std::string StagedBlock::json() const {
    return nlohmann::json{{"session", session},
                          {"block", block},
                          {"rows", rows},
                          {"bytes", bytes},
                          {"sum", sum.hex()}}
        .dump();
}

Result<StagedBlock> StagedBlock::parse(const std::string& text) {
    try {
        const nlohmann::json read = nlohmann::json::parse(text);
        StagedBlock staged;
        read.at("session").get_to(staged.session);
        read.at("block").get_to(staged.block);
        read.at("rows").get_to(staged.rows);
        read.at("bytes").get_to(staged.bytes);
        MILLRACE_ASSIGN(staged.sum, Sum128::parse(read.at("sum").get<std::string>()));
        return staged;
    } catch (const nlohmann::json::exception&) {
        return Status(Code::kCorrupt, "the ledger's block of MaxCompute cannot be read");
    }
}

}  // namespace millrace::maxcompute
