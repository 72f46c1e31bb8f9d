// Collects what a reader or check has to say about a script, with its place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/secret.h"
#include "common/config/job_spec.h"

namespace millrace {

// Where something stands in a text. 0 = about the whole file.
struct Place {
    int line = 0;
    int column = 0;  // in characters
    bool operator==(const Place&) const = default;
};
std::string to_text(Place place);  // "line 3, column 10"

// One file's findings. Texts never hold values of a script that could be secret; as a second guard
// the values given to hide() are replaced by *** when the findings are taken out.
class Findings {
  public:
    static constexpr size_t kErrorsMax = 100;  // what comes later is left out

    explicit Findings(std::string file) : file_(std::move(file)) {}
    void note(Place place, std::string code, std::string text);
    void warning(Place place, std::string code, std::string text);
    void error(Place place, std::string code, std::string text);
    void hide(const Secret& secret);

    bool failed() const { return errors_ > 0; }
    bool full() const { return errors_ >= kErrorsMax; }
    const std::string& file() const { return file_; }
    // In order of place.
    std::vector<Finding> sorted() const;

  private:
    void add(Severity severity, Place place, std::string code, std::string text);

    std::string file_;
    std::vector<Finding> all_;
    std::vector<Secret> hidden_;
    size_t errors_ = 0;
};

}  // namespace millrace
