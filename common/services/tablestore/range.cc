#include "common/services/tablestore/range.h"

#include <protozero/pbf_reader.hpp>

namespace millrace::tablestore {
namespace {

Status bad_rows(const std::string& why) {
    return Status(Code::kCorrupt, "a page of rows cannot be read: " + why);
}

}  // namespace

Status RangePage::read(std::string_view message) {
    rows = {};
    next.reset();
    bool has_rows = false;
    try {
        protozero::pbf_reader in(message.data(), message.size());
        while (in.next()) {
            switch (in.tag_and_type()) {
                case protozero::tag_and_type(2, protozero::pbf_wire_type::length_delimited): {
                    const protozero::data_view view = in.get_view();
                    rows = {view.data(), view.size()};
                    has_rows = true;
                    break;
                }
                case protozero::tag_and_type(3, protozero::pbf_wire_type::length_delimited):
                    next = in.get_string();
                    break;
                default: in.skip();
            }
        }
    } catch (const protozero::exception& error) {
        return bad_rows(error.what());
    }
    if (next && next->empty()) next.reset();
    return has_rows ? Status() : bad_rows("it has no rows field");
}

}  // namespace millrace::tablestore
