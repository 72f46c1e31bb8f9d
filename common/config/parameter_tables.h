// The pieces of the parameter table, one file per system. Use parameters.h instead.
#pragma once

#include <span>

#include "common/config/parameters.h"

namespace millrace {

constexpr Parameter row(ParameterType type, std::string_view name, std::string_view sentence) {
    return Parameter{}.with(
        [&](Parameter& p) { p.type = type, p.name = name, p.sentence = sentence; });
}
constexpr Parameter text(std::string_view name, std::string_view sentence) {
    return row(ParameterType::kText, name, sentence);
}
constexpr Parameter integer(std::string_view name, std::string_view sentence) {
    return row(ParameterType::kInteger, name, sentence);
}
constexpr Parameter number(std::string_view name, std::string_view sentence) {
    return row(ParameterType::kNumber, name, sentence);
}
constexpr Parameter boolean(std::string_view name, std::string_view sentence) {
    return row(ParameterType::kBoolean, name, sentence);
}
constexpr Parameter texts(std::string_view name, std::string_view sentence) {
    return row(ParameterType::kTexts, name, sentence);
}
constexpr Parameter patterns(std::string_view name, std::string_view sentence) {
    return row(ParameterType::kPatterns, name, sentence);
}
constexpr Parameter columns(std::string_view name, std::string_view sentence) {
    return row(ParameterType::kColumns, name, sentence);
}
constexpr Parameter map(std::string_view name, std::string_view sentence) {
    return row(ParameterType::kMap, name, sentence);
}
constexpr Parameter any(std::string_view name, std::string_view sentence) {
    return row(ParameterType::kAny, name, sentence);
}

// Rows that many tables have.
constexpr Parameter datasource(std::string_view sample) {
    return text("datasource",
                "Name of an entry of the data sources file that gives the address and the keys; "
                "then they need not stand in the script.")
        .in(Role::kConnection)
        .like(sample);
}
constexpr Parameter access_id() {
    return text("accessId", "AccessKey id.").needed().in(Role::kConnection);
}
constexpr Parameter access_key() {
    return text("accessKey", "AccessKey secret.").needed().hidden().in(Role::kConnection);
}
constexpr Parameter security_token() {
    return text("securityToken", "Token of temporary keys (STS).").hidden().in(Role::kConnection);
}
constexpr Parameter source_key() {
    return text("accessKey", "AccessKey secret, best as \"${env:NAME}\".").needed().hidden();
}
constexpr Parameter source_token() {
    return text("securityToken", "Token of temporary keys (STS).").hidden();
}

std::span<const Parameter> setting_parameters();
std::span<const Parameter> otsstream_parameters();
std::span<const Parameter> ots_reader_parameters();
std::span<const Parameter> ots_writer_parameters();
std::span<const Parameter> ots_source_parameters();
std::span<const Parameter> oss_parameters();
std::span<const Parameter> oss_reader_parameters();
std::span<const Parameter> oss_source_parameters();
std::span<const Parameter> odps_reader_parameters();
std::span<const Parameter> odps_writer_parameters();
std::span<const Parameter> odps_source_parameters();
std::span<const Parameter> opensearch_parameters();
std::span<const Parameter> opensearch_source_parameters();
std::span<const Parameter> elasticsearch_parameters();
std::span<const Parameter> elasticsearch_column_parameters();
std::span<const Parameter> elasticsearch_source_parameters();
std::span<const Parameter> process_parameters();

}  // namespace millrace
