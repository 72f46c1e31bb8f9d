#include "common/base/fakes/memory_file_system.h"

#include <filesystem>

namespace millrace {
namespace {

std::string normal(const std::string& path) {
    std::string text = std::filesystem::path(path).lexically_normal().string();
    while (text.size() > 1 && text.back() == '/') text.pop_back();
    return text;
}

std::string parent_of(const std::string& path) {
    const std::string parent = std::filesystem::path(path).parent_path().string();
    return parent.empty() ? "." : parent;
}

Status failure(Code code, std::string_view what, const std::string& path, std::string_view why) {
    return Status(code, std::string(what) + " " + path + ": " + std::string(why));
}

Status no_space(std::string_view what, const std::string& path) {
    return failure(Code::kFatal, what, path, "No space left on device").with_service_code("ENOSPC");
}

}  // namespace

class MemoryFileSystem::Lock final : public FileLock {
  public:
    Lock(std::shared_ptr<Locks> locks, std::string path)
        : locks_(std::move(locks)), path_(std::move(path)) {}
    ~Lock() override {
        const std::lock_guard guard(locks_->mutex);
        locks_->held.erase(path_);
    }

  private:
    std::shared_ptr<Locks> locks_;
    std::string path_;
};

void MemoryFileSystem::set_bytes_max(size_t bytes_max) {
    const std::lock_guard guard(mutex_);
    bytes_max_ = bytes_max;
}

size_t MemoryFileSystem::room() const {
    size_t used = 0;
    for (const auto& [path, content] : files_) used += content.size();
    return used < bytes_max_ ? bytes_max_ - used : 0;
}

Status MemoryFileSystem::may_write(const std::string& path) const {
    if (folders_.contains(path))
        return failure(Code::kFatal, "cannot write", path, "Is a directory");
    if (folders_.contains(parent_of(path))) return {};
    return failure(Code::kNotFound, "cannot write", path, "No such file or directory");
}

Status MemoryFileSystem::make_folders(const std::string& path) {
    const std::lock_guard guard(mutex_);
    std::filesystem::path folder;
    for (const auto& part : std::filesystem::path(normal(path))) {
        folder /= part;
        if (files_.contains(folder.string())) {
            return failure(Code::kFatal, "cannot make folder", path, "Not a directory");
        }
        folders_.insert(folder.string());
    }
    return {};
}

Result<std::string> MemoryFileSystem::read(const std::string& path) {
    const std::lock_guard guard(mutex_);
    const auto found = files_.find(normal(path));
    if (found != files_.end()) return found->second;
    if (folders_.contains(normal(path))) {
        return failure(Code::kFatal, "cannot read", path, "Is a directory");
    }
    return failure(Code::kNotFound, "cannot read", path, "No such file or directory");
}

Status MemoryFileSystem::write_atomically(const std::string& path, std::string_view content) {
    const std::lock_guard guard(mutex_);
    const std::string file = normal(path);
    MILLRACE_TRY(may_write(file));
    // The old content stays until the new one is whole.
    if (content.size() > room()) return no_space("cannot write", path);
    files_[file] = content;
    return {};
}

Status MemoryFileSystem::append(const std::string& path, std::string_view content) {
    const std::lock_guard guard(mutex_);
    const std::string file = normal(path);
    MILLRACE_TRY(may_write(file));
    const size_t fits = room();
    files_[file] += content.substr(0, fits);
    return fits < content.size() ? no_space("cannot append to", path) : Status();
}

Status MemoryFileSystem::remove(const std::string& path) {
    const std::lock_guard guard(mutex_);
    if (folders_.contains(normal(path))) {
        return failure(Code::kFatal, "cannot remove", path, "Is a directory");
    }
    files_.erase(normal(path));
    return {};
}

Result<std::vector<std::string>> MemoryFileSystem::list(const std::string& folder) {
    const std::lock_guard guard(mutex_);
    const std::string wanted = normal(folder);
    if (!folders_.contains(wanted)) {
        return failure(Code::kNotFound, "cannot list", folder, "No such file or directory");
    }
    std::set<std::string> names;
    const auto note = [&](const std::string& path) {
        if (path != wanted && parent_of(path) == wanted) {
            names.insert(std::filesystem::path(path).filename().string());
        }
    };
    for (const auto& [path, content] : files_) note(path);
    for (const std::string& path : folders_) note(path);
    names.erase(".");
    return std::vector<std::string>(names.begin(), names.end());
}

Result<std::unique_ptr<FileLock>> MemoryFileSystem::lock(const std::string& path,
                                                         std::string_view holder) {
    const std::lock_guard guard(mutex_);
    const std::string file = normal(path);
    MILLRACE_TRY(may_write(file));
    {
        const std::lock_guard locks_guard(locks_->mutex);
        if (locks_->held.contains(file)) {
            const std::string& text = files_[file];
            return fatal_error(text.empty() ? "an unknown process" : text);
        }
    }
    files_[file].clear();
    if (holder.size() > room()) return no_space("cannot write", path);
    files_[file] = holder;
    const std::lock_guard locks_guard(locks_->mutex);
    locks_->held.insert(file);
    return std::unique_ptr<FileLock>(std::make_unique<Lock>(locks_, file));
}

}  // namespace millrace
