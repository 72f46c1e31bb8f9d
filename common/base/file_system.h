// The seam through which the state folder is written. Object stores have clients of their own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"

namespace millrace {

// An exclusive lock that ends with its object (and with the process).
class FileLock {
  public:
    virtual ~FileLock() = default;
};

// Thread-safe. Paths are absolute or relative to the process. Errors name the path and the cause;
// "no space left" is kFatal with service_code "ENOSPC".
class FileSystem {
  public:
    virtual ~FileSystem() = default;
    virtual Status make_folders(const std::string& path) = 0;
    virtual Result<std::string> read(const std::string& path) = 0;  // kNotFound when absent
    // Whole content, by a temporary file, fsync and rename: old or new, never half.
    virtual Status write_atomically(const std::string& path, std::string_view content) = 0;
    // At the end of the file (made when absent), on disk when this returns.
    virtual Status append(const std::string& path, std::string_view content) = 0;
    virtual Status remove(const std::string& path) = 0;  // absent is no error
    virtual Result<std::vector<std::string>> list(const std::string& folder) = 0;  // names, sorted
    // Takes the lock and writes `holder` into the file; when another process holds it: kFatal whose
    // text is what that holder wrote.
    virtual Result<std::unique_ptr<FileLock>> lock(const std::string& path,
                                                   std::string_view holder) = 0;
};

class PosixFileSystem final : public FileSystem {
  public:
    Status make_folders(const std::string& path) override;
    Result<std::string> read(const std::string& path) override;
    Status write_atomically(const std::string& path, std::string_view content) override;
    Status append(const std::string& path, std::string_view content) override;
    Status remove(const std::string& path) override;
    Result<std::vector<std::string>> list(const std::string& folder) override;
    Result<std::unique_ptr<FileLock>> lock(const std::string& path,
                                           std::string_view holder) override;
};

}  // namespace millrace
