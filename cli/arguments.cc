#include "cli/arguments.h"

#include <algorithm>
#include <array>

#include "common/config/ascii.h"

namespace millrace::cli {
namespace {

constexpr std::array<std::string_view, 4> kDataxOptions = {"-m", "--mode", "--jobid", "--loglevel"};

Status malformed() {
    return config_error("-D needs a name and a value: -Dname=value, or -D name=value");
}

class ArgumentReader {
  public:
    explicit ArgumentReader(const std::vector<std::string>& given) : given_(given) {}

    Result<Arguments> run() {
        for (at_ = 0; at_ < given_.size(); ++at_) {
            const std::string& argument = given_[at_];
            if (argument == "--") {
                result_.rest.insert(result_.rest.end(), given_.begin() + static_cast<long>(at_),
                                    given_.end());
                break;
            }
            if (argument.starts_with("-D")) {
                MILLRACE_TRY(read_variable(argument.substr(2)));
            } else if (argument.starts_with("-p")) {
                MILLRACE_TRY(read_parameters(argument.substr(2)));
            } else if (argument.starts_with("-j")) {
                ignore_java(argument);
            } else if (is_datax_option(argument)) {
                result_.notes.push_back(argument + " is an option of DataX and has no effect here");
            } else {
                result_.rest.push_back(argument);
            }
        }
        return std::move(result_);
    }

  private:
    bool has_next() const { return at_ + 1 < given_.size(); }
    const std::string& next() const { return given_[at_ + 1]; }

    // `text` stands behind -D, and may be empty: then the next argument is meant.
    Status read_variable(std::string text) {
        if (text.empty()) {
            if (!has_next()) return malformed();
            text = next();
            ++at_;
        }
        // DataX's documents write `-D start_time =xxxxx`.
        if (text.find('=') == std::string::npos && has_next() && next().starts_with('=')) {
            text += next();
            ++at_;
        }
        return add(text);
    }

    Status add(const std::string& text) {
        const size_t equals = text.find('=');
        if (equals == std::string::npos) return malformed();
        const std::string name(ascii::trimmed(text.substr(0, equals)));
        if (name.empty() || name.find_first_of(" \t${}\"") != std::string::npos) return malformed();
        result_.variables.push_back({name, text.substr(equals + 1)});
        return {};
    }

    // -p "-Da=1 -Db=2"
    Status read_parameters(std::string text) {
        if (text.empty() && has_next()) {
            text = next();
            ++at_;
        }
        std::string_view rest = ascii::trimmed(text);
        while (!rest.empty()) {
            const size_t end = std::min(rest.find_first_of(" \t"), rest.size());
            const std::string_view word = rest.substr(0, end);
            if (word.starts_with("-D")) {
                MILLRACE_TRY(add(std::string(word.substr(2))));
            } else {
                result_.notes.push_back("in -p only -Dname=value has an effect");
            }
            rest = ascii::trimmed(rest.substr(end));
        }
        return {};
    }

    // -j"-Xms4g -Xmx4g", also with a blank after -j.
    void ignore_java(const std::string& argument) {
        if (argument == "-j" && has_next() && next().starts_with('-')) ++at_;
        result_.notes.push_back("-j (options of Java) has no effect here: there is no Java");
    }

    bool is_datax_option(const std::string& argument) {
        const std::string name = argument.substr(0, argument.find('='));
        if (std::find(kDataxOptions.begin(), kDataxOptions.end(), name) == kDataxOptions.end())
            return false;
        if (name == argument && has_next()) ++at_;
        return true;
    }

    const std::vector<std::string>& given_;
    size_t at_ = 0;
    Arguments result_;
};

}  // namespace

Result<Arguments> read_arguments(const std::vector<std::string>& given) {
    return ArgumentReader(given).run();
}

}  // namespace millrace::cli
