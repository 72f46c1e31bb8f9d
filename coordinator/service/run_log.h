// The log of each run: lines of this process and of the workers, kept in the state folder, the last
// ones of each run.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "common/base/file_system.h"
#include "common/base/ids.h"
#include "common/base/time.h"

namespace millrace {

// Thread-safe. Lines are numbered from 1 on in the order in which they came, also over a restart.
class RunLog {
  public:
    struct Limits {
        size_t lines_max = 10'000;     // of a run
        size_t unwritten_max = 5'000;  // of a run; what comes then is left out, and counted
        size_t runs_max = 1'000;       // logs of older runs are removed
    };
    struct Page {
        std::vector<std::string> lines;
        uint64_t next = 0;  // number of the last line given
    };

    RunLog(FileSystem& files, std::string folder, Limits limits);
    RunLog(FileSystem& files, std::string folder) : RunLog(files, std::move(folder), Limits()) {}

    // Makes the folder, and finds which logs an earlier process left; comes first.
    Status open();
    // `text` as in the process's own log. Does not wait for the disk.
    void add(const RunId& run, TimePoint time, const std::string& text);
    // What was added so far is in the files now; to be called every second or so.
    Status flush();
    // Lines after number `after`, at most `max`. None for a run without a log.
    Result<Page> page(const RunId& run, uint64_t after, size_t max);

  private:
    struct Log {
        bool known = false;                  // what follows is that of the file
        uint64_t last = 0;                   // number of its newest line
        size_t in_file = 0;                  // lines
        std::vector<std::string> unwritten;  // without their numbers
        size_t left_out = 0;                 // lines since the last flush
    };
    std::string path(const RunId& run) const { return folder_ + "/" + run.text() + ".log"; }
    Log& log_of(const RunId& run);
    static void append(Log& log, TimePoint time, const std::string& text);
    Status know(const RunId& run, Log& log);
    Status flush(const RunId& run, Log& log);
    Status shorten(const RunId& run, Log& log);
    void forget_oldest();

    FileSystem& files_;
    const std::string folder_;
    const Limits limits_;
    std::mutex mutex_;  // guards all below, and the files
    std::map<RunId, Log> logs_;
    std::deque<RunId> order_;  // of logs_, the oldest first
};

}  // namespace millrace
