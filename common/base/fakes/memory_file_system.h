// A file system in memory that fills up when told to.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "common/base/file_system.h"

namespace millrace {

// Thread-safe. Locks may outlive it. "/" and "." are there from the start.
class MemoryFileSystem final : public FileSystem {
  public:
    // All files together may hold this many bytes; then "no space left", as of a real disk: an
    // append leaves what still fitted.
    void set_bytes_max(size_t bytes_max);

    Status make_folders(const std::string& path) override;
    Result<std::string> read(const std::string& path) override;
    Status write_atomically(const std::string& path, std::string_view content) override;
    Status append(const std::string& path, std::string_view content) override;
    Status remove(const std::string& path) override;
    Result<std::vector<std::string>> list(const std::string& folder) override;
    Result<std::unique_ptr<FileLock>> lock(const std::string& path,
                                           std::string_view holder) override;

  private:
    struct Locks {
        std::mutex mutex;
        std::set<std::string> held;
    };
    class Lock;

    Status may_write(const std::string& path) const;
    size_t room() const;

    mutable std::mutex mutex_;
    size_t bytes_max_ = SIZE_MAX;
    std::map<std::string, std::string> files_;
    std::set<std::string> folders_ = {"/", "."};
    std::shared_ptr<Locks> locks_ = std::make_shared<Locks>();
};

}  // namespace millrace
