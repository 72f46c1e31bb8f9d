// The rules of the tree that a compiler does not check: the outside world only through the seams,
// the direction of includes, sizes of files, a README in every folder.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string_view>

namespace millrace {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = MILLRACE_SOURCE_DIR;
const std::vector<std::string> kProduct = {"common", "coordinator", "worker", "cli"};

struct SourceFile {
    std::string path;  // from the root
    std::vector<std::string> lines;
    std::string folder() const { return fs::path(path).parent_path().string(); }
};

std::vector<SourceFile> read(const std::string& top) {
    std::vector<SourceFile> files;
    if (!fs::exists(kRoot / top)) return files;
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / top)) {
        const std::string extension = entry.path().extension().string();
        if (!entry.is_regular_file() || (extension != ".cc" && extension != ".h")) continue;
        SourceFile file{fs::relative(entry.path(), kRoot).string(), {}};
        std::ifstream in(entry.path());
        for (std::string line; std::getline(in, line);) file.lines.push_back(line);
        files.push_back(std::move(file));
    }
    return files;
}

std::vector<SourceFile> read_all(const std::vector<std::string>& tops) {
    std::vector<SourceFile> all;
    for (const std::string& top : tops) {
        for (SourceFile& file : read(top)) all.push_back(std::move(file));
    }
    return all;
}

// Code without the comment at its end; texts in quotes stay.
std::string code_of(const std::string& line) {
    const size_t comment = line.find("//");
    return comment == std::string::npos || line.find('"') < comment ? line
                                                                    : line.substr(0, comment);
}

bool is_name(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

// `call` as a word of its own: "rand(" is not in "operand(".
bool has(std::string_view code, std::string_view call) {
    for (size_t at = code.find(call); at != code.npos; at = code.find(call, at + 1)) {
        const size_t end = at + call.size();
        const bool begins = at == 0 || !is_name(call.front()) || !is_name(code[at - 1]);
        const bool ends = end == code.size() || !is_name(call.back()) || !is_name(code[end]);
        if (begins && ends) return true;
    }
    return false;
}

TEST(SeamsTest, TheOutsideWorldIsReachedThroughTheSeamsOnly) {
    struct Rule {
        std::string file;  // the seam itself, empty = nowhere
        std::vector<std::string> calls;
    };
    const Rule rules[] = {
        {"common/base/clock.cc",
         {"system_clock::now", "steady_clock::now", "high_resolution_clock", "utc_clock::now",
          "clock_gettime", "gettimeofday", "time(nullptr)", "time(NULL)", "time(0)"}},
        {"", {"sleep_for", "sleep_until", "usleep", "nanosleep", "std::this_thread"}},
        {"common/base/random.cc", {"random_device", "getrandom", "getentropy", "RAND_bytes"}},
        {"", {"rand(", "srand(", "mt19937", "mt19937_64", "default_random_engine"}},
        {"cli/main.cc", {"getenv", "secure_getenv", "environ"}},
        {"common/net/http_server.cc", {"MHD_start_daemon"}},
        {"", {"socket(", "getaddrinfo"}},
        {"common/base/file_system.cc",
         {"fstream", "ifstream", "ofstream", "fopen", "fopen64", "directory_iterator",
          "create_directories", "filesystem::rename", "filesystem::remove"}},
        {"common/net/curl_client.cc", {"curl_easy_perform", "curl_multi_perform"}},
    };
    const std::vector<SourceFile> files = read_all(kProduct);
    ASSERT_GT(files.size(), 100u);
    for (const SourceFile& file : files) {
        for (size_t i = 0; i < file.lines.size(); ++i) {
            const std::string code = code_of(file.lines[i]);
            for (const Rule& rule : rules) {
                if (file.path == rule.file) continue;
                for (const std::string& call : rule.calls) {
                    EXPECT_FALSE(has(code, call)) << file.path << ":" << i + 1 << ": " << code;
                }
            }
        }
    }
}

TEST(SeamsTest, TheSearchFindsWholeWordsOnly) {
    EXPECT_TRUE(has("x = std::chrono::system_clock::now();", "system_clock::now"));
    EXPECT_TRUE(has("int r = rand();", "rand("));
    EXPECT_FALSE(has("operand(1)", "rand("));
    EXPECT_TRUE(has("usleep(3)", "usleep"));
    EXPECT_EQ(code_of("f();  // getenv"), "f();  ");
}

TEST(SeamsTest, IncludesGoDownwards) {
    const std::map<std::string, std::set<std::string>> allowed = {
        {"common", {"common"}},
        {"coordinator", {"common", "coordinator"}},
        {"worker", {"common", "worker"}},
        {"cli", {"common", "coordinator", "worker", "cli"}},
    };
    const std::set<std::string> tops = {"common", "coordinator", "worker", "cli", "tests", "bench"};
    const std::regex include(R"re(^\s*#include\s+"([^"/]+)/)re");
    for (const auto& [top, below] : allowed) {
        for (const SourceFile& file : read(top)) {
            for (const std::string& line : file.lines) {
                std::smatch found;
                if (!std::regex_search(line, found, include) || !tops.contains(found[1])) continue;
                EXPECT_TRUE(below.contains(found[1])) << file.path << ": " << line;
            }
        }
    }
}

// It judges the product, so it must not be made of it.
TEST(SeamsTest, TheStandinSharesLittleWithTheProduct) {
    const std::vector<std::string> shared = {"common/base/",
                                             "common/codec/plainbuffer/",
                                             "common/codec/crc64.h",
                                             "common/crypto/",
                                             "common/net/http_server.h",
                                             "common/net/url.h",
                                             "common/record/",
                                             "tests/standin/"};
    const std::regex include(
        R"re(^\s*#include\s+"((common|coordinator|worker|cli|tests)/[^"]+)")re");
    for (const SourceFile& file : read("tests/standin")) {
        for (const std::string& line : file.lines) {
            std::smatch found;
            if (!std::regex_search(line, found, include)) continue;
            const std::string path = found[1];
            const bool ok = std::any_of(shared.begin(), shared.end(), [&](const std::string& one) {
                return path.starts_with(one);
            });
            EXPECT_TRUE(ok) << file.path << ": " << line;
        }
    }
}

TEST(SeamsTest, HeadersAreGuarded) {
    for (const SourceFile& file : read_all({"common", "coordinator", "worker", "cli", "tests"})) {
        if (!file.path.ends_with(".h")) continue;
        EXPECT_TRUE(std::count(file.lines.begin(), file.lines.end(), "#pragma once") == 1)
            << file.path;
    }
}

TEST(SeamsTest, FilesFitIntoAHead) {
    for (const SourceFile& file : read_all({"common", "coordinator", "worker", "cli", "tests"})) {
        EXPECT_LE(file.lines.size(), 600u) << file.path;
        if (file.lines.size() > 400) {
            std::cout << "long: " << file.path << " has " << file.lines.size() << " lines\n";
        }
    }
}

// tests/unit mirrors the tree, whose folders speak for themselves.
TEST(SeamsTest, FoldersHaveAReadme) {
    std::map<std::string, int> files;
    for (const SourceFile& file : read_all({"common", "coordinator", "worker", "cli", "tests"})) {
        if (!file.path.starts_with("tests/unit/")) ++files[file.folder()];
    }
    files["tests/unit"] = 3;
    for (const auto& [folder, count] : files) {
        if (count <= 2) continue;
        const fs::path readme = kRoot / folder / "README.md";
        ASSERT_TRUE(fs::exists(readme)) << folder;
        std::ifstream in(readme);
        std::stringstream text;
        text << in.rdbuf();
        const std::string content = text.str();
        EXPECT_LE(std::count(content.begin(), content.end(), '\n'), 30) << folder;
    }
}

}  // namespace
}  // namespace millrace
