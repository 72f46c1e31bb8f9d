#include "common/codec/parquet/arrow/arrow_schema.h"

namespace millrace::parquet {
namespace {

using ::parquet::LogicalType;
using ::parquet::schema::GroupNode;
using ::parquet::schema::NodePtr;
using ::parquet::schema::NodeVector;
using ::parquet::schema::PrimitiveNode;

::parquet::Repetition::type repetition_of(const Node& node) {
    switch (node.repetition) {
        case Repetition::kRequired: return ::parquet::Repetition::REQUIRED;
        case Repetition::kRepeated: return ::parquet::Repetition::REPEATED;
        default: return ::parquet::Repetition::OPTIONAL;
    }
}

::parquet::Type::type type_of(const Node& node) {
    switch (node.physical) {
        case Physical::kBoolean: return ::parquet::Type::BOOLEAN;
        case Physical::kInt32: return ::parquet::Type::INT32;
        case Physical::kInt64: return ::parquet::Type::INT64;
        case Physical::kInt96: return ::parquet::Type::INT96;
        case Physical::kFloat: return ::parquet::Type::FLOAT;
        case Physical::kDouble: return ::parquet::Type::DOUBLE;
        case Physical::kFixedBytes: return ::parquet::Type::FIXED_LEN_BYTE_ARRAY;
        default: return ::parquet::Type::BYTE_ARRAY;
    }
}

std::shared_ptr<const LogicalType> logical_of(const Node& node) {
    switch (node.logical) {
        case Logical::kText: return LogicalType::String();
        case Logical::kInteger: return LogicalType::Int(node.bits, node.is_signed);
        case Logical::kDecimal: return LogicalType::Decimal(node.precision, node.scale);
        case Logical::kDate: return LogicalType::Date();
        case Logical::kTimestampMillis:
            return LogicalType::Timestamp(node.utc, LogicalType::TimeUnit::MILLIS, false, true);
        case Logical::kTimestampMicros:
            return LogicalType::Timestamp(node.utc, LogicalType::TimeUnit::MICROS, false, true);
        case Logical::kList: return LogicalType::List();
        case Logical::kMap: return LogicalType::Map();
        default: return LogicalType::None();
    }
}

NodePtr node_of(const Node& node) {
    if (node.is_leaf()) {
        return PrimitiveNode::Make(node.name, repetition_of(node), logical_of(node), type_of(node),
                                   node.length);
    }
    NodeVector children;
    for (const Node& child : node.children) children.push_back(node_of(child));
    if (node.logical == Logical::kNone) {
        return GroupNode::Make(node.name, repetition_of(node), children);
    }
    return GroupNode::Make(node.name, repetition_of(node), children, logical_of(node));
}

Physical physical_of(::parquet::Type::type type) {
    switch (type) {
        case ::parquet::Type::BOOLEAN: return Physical::kBoolean;
        case ::parquet::Type::INT32: return Physical::kInt32;
        case ::parquet::Type::INT64: return Physical::kInt64;
        case ::parquet::Type::INT96: return Physical::kInt96;
        case ::parquet::Type::FLOAT: return Physical::kFloat;
        case ::parquet::Type::DOUBLE: return Physical::kDouble;
        case ::parquet::Type::FIXED_LEN_BYTE_ARRAY: return Physical::kFixedBytes;
        default: return Physical::kBytes;
    }
}

void set_logical(const LogicalType& from, Node& node) {
    if (from.is_string() || from.is_enum() || from.is_JSON()) node.logical = Logical::kText;
    if (from.is_date()) node.logical = Logical::kDate;
    if (from.is_list()) node.logical = Logical::kList;
    if (from.is_map()) node.logical = Logical::kMap;
    if (from.is_int()) {
        const auto& type = static_cast<const ::parquet::IntLogicalType&>(from);
        node.logical = Logical::kInteger;
        node.bits = type.bit_width();
        node.is_signed = type.is_signed();
    }
    if (from.is_decimal()) {
        const auto& type = static_cast<const ::parquet::DecimalLogicalType&>(from);
        node.logical = Logical::kDecimal;
        node.precision = type.precision();
        node.scale = type.scale();
    }
    if (from.is_timestamp()) {
        const auto& type = static_cast<const ::parquet::TimestampLogicalType&>(from);
        node.logical = type.time_unit() == LogicalType::TimeUnit::MILLIS
                           ? Logical::kTimestampMillis
                           : Logical::kTimestampMicros;
        node.utc = type.is_adjusted_to_utc();
    }
}

Node node_from(const ::parquet::schema::Node& from) {
    Node node;
    node.name = from.name();
    if (from.is_required()) node.repetition = Repetition::kRequired;
    if (from.is_repeated()) node.repetition = Repetition::kRepeated;
    if (from.logical_type()) set_logical(*from.logical_type(), node);
    if (from.is_primitive()) {
        const auto& leaf = static_cast<const PrimitiveNode&>(from);
        node.physical = physical_of(leaf.physical_type());
        if (node.physical == Physical::kFixedBytes) node.length = leaf.type_length();
        return node;
    }
    const auto& group = static_cast<const GroupNode&>(from);
    for (int i = 0; i < group.field_count(); ++i) {
        node.children.push_back(node_from(*group.field(i)));
    }
    return node;
}

}  // namespace

Schema from_arrow(const GroupNode& root) {
    return {root.name(), node_from(root).children};
}

std::shared_ptr<GroupNode> to_arrow(const Schema& schema) {
    NodeVector columns;
    for (const Node& column : schema.columns) columns.push_back(node_of(column));
    return std::static_pointer_cast<GroupNode>(
        GroupNode::Make(schema.name, ::parquet::Repetition::REQUIRED, columns));
}

}  // namespace millrace::parquet
