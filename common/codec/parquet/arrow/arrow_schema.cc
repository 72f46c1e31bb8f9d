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

}  // namespace

std::shared_ptr<GroupNode> to_arrow(const Schema& schema) {
    NodeVector columns;
    for (const Node& column : schema.columns) columns.push_back(node_of(column));
    return std::static_pointer_cast<GroupNode>(
        GroupNode::Make(schema.name, ::parquet::Repetition::REQUIRED, columns));
}

}  // namespace millrace::parquet
