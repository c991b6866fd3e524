// A NumPy array file, written row by row (format: NEP 1, version 1.0).
#pragma once

#include "inference/result.h"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>

namespace inference::cli {

// Little-endian float32, C order, two dimensions. Written beside its place and moved there by finish(): a
// file under the final name is always complete. Without finish() nothing stays. "-" is standard output.
class NpyFile
{
public:
    static Result<std::unique_ptr<NpyFile>> create(const std::filesystem::path &path, std::size_t rows,
                                                   std::size_t columns);
    ~NpyFile();
    NpyFile(const NpyFile &) = delete;
    NpyFile &operator=(const NpyFile &) = delete;

    Result<void> write(std::span<const float> values);
    Result<void> finish();

private:
    NpyFile() = default;
    Error failure(const char *what) const;

    std::filesystem::path m_path, m_partPath;
    FILE *m_file = nullptr;
};

} // namespace inference::cli
