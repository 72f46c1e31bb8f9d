// Puts the values of variables into the texts of a script.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/config/node.h"
#include "common/config/time_zone.h"

namespace millrace {

struct Variable {
    std::string name;
    std::string value;
};

// Looks a name up in the environment. Only the start of cli/ makes one that really does.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;

// `${name}` and, when defined, `$name`; `$[…]` (schedule_expression.h), also inside the value of a
// variable; `${bdp.system.bizdate}` and `${bdp.system.cyctime}` unless given as variables. In the
// key "object" `${date}` and `{date}` stay as `{date}` unless `date` is given. One user, one
// thread.
class Substitution {
  public:
    // A later variable of the same name wins.
    Substitution(const std::vector<Variable>& variables, MillisPoint schedule, TimeZone zone);

    // These variables are bound later: texts with them stay as they are.
    void leave_open(const std::string& name) { open_.insert(name); }
    // These stand for the window: identity texts keep them as written.
    void mark_timely(const std::string& name) { timely_.insert(name); }

    // All texts below `node`. A text without quotes that becomes a number, a word or a list is one.
    // Undefined variables and expressions that are not understood are errors.
    void apply(Node& node, Findings& findings) { apply_below(node, {}, findings); }

    // `written` with all variables put in but those that change from window to window.
    std::string identity_text(const Node& node, std::string_view key);

    // Variables that were given and never asked for.
    std::vector<std::string> unused() const;

  private:
    struct Scan;
    void apply_below(Node& node, std::string_view key, Findings& findings);
    void apply_text(Node& node, std::string_view key, Findings& findings);
    std::string replaced(const Node& node, std::string_view key, bool identity, Findings& findings);
    std::optional<std::string> value_of(const std::string& name, Place place, Findings& findings);
    std::optional<std::string> evaluate(std::string_view expression, Place place,
                                        Findings& findings);
    std::string with_expressions(const std::string& value, Place place, Findings& findings);
    bool is_timely(const std::string& name) const;
    void report_undefined(const std::string& name, Place place, Findings& findings);

    std::map<std::string, std::string> variables_;
    MillisPoint schedule_;
    TimeZone zone_;
    std::set<std::string> open_, timely_, used_, told_;
};

// Replaces `${env:NAME}` in all texts below `node` (data sources files); undefined ones are errors.
void apply_environment(Node& node, const Environment& environment, Findings& findings);

// The variable that a text wholly consists of: "${start_time}" -> "start_time"; else empty.
std::string sole_variable(std::string_view text);
// The names of all `${…}` and `$…` of a text.
std::vector<std::string> variables_in(std::string_view text);

}  // namespace millrace
