#include "common/base/file_system.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace millrace {
namespace {

Status failed(std::string_view what, const std::string& path, int cause) {
    Status status(cause == ENOENT ? Code::kNotFound : Code::kFatal,
                  std::string(what) + " " + path + ": " + std::strerror(cause));
    return cause == ENOSPC ? status.with_service_code("ENOSPC") : status;
}

class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) close(fd_);
    }
    int get() const { return fd_; }
    int release() { return std::exchange(fd_, -1); }

  private:
    int fd_;
};

Status write_all(int fd, std::string_view content, const std::string& path) {
    while (!content.empty()) {
        const ssize_t written = write(fd, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return failed("cannot write", path, errno);
        content.remove_prefix(static_cast<size_t>(written));
    }
    if (fsync(fd) != 0) return failed("cannot write", path, errno);
    return {};
}

// Without this a power cut may take a new or renamed file out of its folder again.
Status sync_folder_of(const std::string& path) {
    const std::string folder = std::filesystem::path(path).parent_path().string();
    const Descriptor fd(
        open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd.get() < 0 || fsync(fd.get()) != 0) return failed("cannot sync folder of", path, errno);
    return {};
}

class PosixLock final : public FileLock {
  public:
    explicit PosixLock(int fd) : fd_(fd) {}

  private:
    Descriptor fd_;  // closing it ends the lock
};

}  // namespace

Status PosixFileSystem::make_folders(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    return error ? failed("cannot make folder", path, error.value()) : Status();
}

Result<std::string> PosixFileSystem::read(const std::string& path) {
    const Descriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (fd.get() < 0) return failed("cannot read", path, errno);
    std::string content;
    char piece[65536];
    for (;;) {
        const ssize_t got = ::read(fd.get(), piece, sizeof piece);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed("cannot read", path, errno);
        if (got == 0) return content;
        content.append(piece, static_cast<size_t>(got));
    }
}

Status PosixFileSystem::write_atomically(const std::string& path, std::string_view content) {
    const std::string temporary = path + ".tmp" + std::to_string(getpid());
    {
        const Descriptor fd(
            open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        if (fd.get() < 0) return failed("cannot write", path, errno);
        if (Status status = write_all(fd.get(), content, path); !status.ok()) {
            unlink(temporary.c_str());
            return status;
        }
    }
    if (rename(temporary.c_str(), path.c_str()) != 0) {
        const int cause = errno;
        unlink(temporary.c_str());
        return failed("cannot write", path, cause);
    }
    return sync_folder_of(path);
}

Status PosixFileSystem::append(const std::string& path, std::string_view content) {
    const Descriptor fd(open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (fd.get() < 0) return failed("cannot append to", path, errno);
    struct stat before {};
    if (fstat(fd.get(), &before) != 0) return failed("cannot append to", path, errno);
    MILLRACE_TRY(write_all(fd.get(), content, path));
    return before.st_size == 0 ? sync_folder_of(path) : Status();
}

Status PosixFileSystem::remove(const std::string& path) {
    if (unlink(path.c_str()) != 0 && errno != ENOENT) return failed("cannot remove", path, errno);
    return {};
}

Result<std::vector<std::string>> PosixFileSystem::list(const std::string& folder) {
    std::error_code error;
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        names.push_back(entry.path().filename().string());
    }
    if (error) return failed("cannot list", folder, error.value());
    std::sort(names.begin(), names.end());
    return names;
}

Result<std::unique_ptr<FileLock>> PosixFileSystem::lock(const std::string& path,
                                                        std::string_view holder) {
    Descriptor fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (fd.get() < 0) return failed("cannot open", path, errno);
    if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return failed("cannot lock", path, errno);
        const Result<std::string> other = read(path);
        return fatal_error(other.ok() && !other->empty() ? *other : "an unknown process");
    }
    if (ftruncate(fd.get(), 0) != 0) return failed("cannot write", path, errno);
    MILLRACE_TRY(write_all(fd.get(), holder, path));
    return std::unique_ptr<FileLock>(std::make_unique<PosixLock>(fd.release()));
}

}  // namespace millrace
