// The ledger's rows as the texts that Redis keeps, and back.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/store/rows.h"

struct redisReply;

namespace millrace::redis {

// Fields and values in turn.
using Flat = std::vector<std::string>;

Flat control_fields(const RunControl& control);
// Of a new run; the script adds what it decides.
Flat job_fields(const NewInstance& instance);
Flat job_fields(const ReopenOptions& options);
// A whole row, also its id.
Flat run_fields(const InstanceRow& run);
Flat item_fields(const ItemRow& item);
// The names alone.
Flat item_names();
// Position, staging, counts, sums, "1" when they add up, a part that is named twice, then how and
// where it ended (or two empty texts), then names and data of the parts.
Flat progress_words(const Progress& progress, const ItemEnd* end);
// Names and data in turn.
Flat part_words(const std::vector<Part>& parts);
std::string border_text(const Border& border);
// One text that the scripts take apart again.
std::string joined(const Flat& texts);

// An answer of fields and values in turn. Lives no longer than the answer.
class Fields {
  public:
    explicit Fields(const redisReply& flat);
    // Empty when it is not there.
    std::string_view operator[](std::string_view name) const;
    std::string text(std::string_view name) const { return std::string((*this)[name]); }
    template <typename Number>
    Number number(std::string_view name) const;
    bool flag(std::string_view name) const { return (*this)[name] == "1"; }
    const auto& all() const { return all_; }

  private:
    std::vector<std::pair<std::string_view, std::string_view>> all_;
};

std::string_view text_of(const redisReply& reply);
InstanceView instance_view(const Fields& run);
ItemView item_view(const Fields& item, const redisReply& parts);
Claimed claimed(const Fields& item, const redisReply& parts);
// From what control_of() of the scripts lists.
RunControl shared_control(const redisReply& list);
Border border_of(std::string_view text);

}  // namespace millrace::redis
