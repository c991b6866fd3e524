#include "inference/cli/npy_file.h"

#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <string>

namespace inference::cli {

static_assert(std::endian::native == std::endian::little, "rows are written as they lie in memory");

Error NpyFile::failure(const char *what) const
{
    const int error = errno;
    const ErrorCode code = error == ENOSPC || error == EDQUOT ? ErrorCode::DiskFull : ErrorCode::Io;
    return {code, {.what = what, .where = m_path.native(), .found = std::strerror(error)}};
}

Result<std::unique_ptr<NpyFile>> NpyFile::create(const std::filesystem::path &path, std::size_t rows,
                                                 std::size_t columns)
{
    std::unique_ptr<NpyFile> npy(new NpyFile);
    npy->m_path = path;
    if (path == "-") {
        npy->m_file = stdout;
    } else {
        npy->m_partPath = path;
        npy->m_partPath += "." + std::to_string(::getpid()) + ".part";
        npy->m_file = std::fopen(npy->m_partPath.c_str(), "wb");
        if (!npy->m_file)
            return npy->failure("The file cannot be written");
    }
    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", " +
                         std::to_string(columns) + "), }";
    const std::size_t prefix = 10; // magic, version, length of the header
    header.append((64 - (prefix + header.size() + 1) % 64) % 64, ' ');
    header += '\n';
    const char start[] = {
        '\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0, char(header.size() & 0xff), char(header.size() >> 8)};
    if (std::fwrite(start, 1, sizeof start, npy->m_file) != sizeof start ||
        std::fwrite(header.data(), 1, header.size(), npy->m_file) != header.size())
        return npy->failure("The file cannot be written");
    return npy;
}

NpyFile::~NpyFile()
{
    if (m_file && m_file != stdout) {
        std::fclose(m_file);
        std::remove(m_partPath.c_str());
    }
}

Result<void> NpyFile::write(std::span<const float> values)
{
    if (std::fwrite(values.data(), sizeof(float), values.size(), m_file) != values.size())
        return failure("The file cannot be written");
    return {};
}

Result<void> NpyFile::finish()
{
    if (std::fflush(m_file) != 0)
        return failure("The file cannot be written");
    if (m_file == stdout)
        return {};
    const int closed = std::fclose(m_file);
    m_file = nullptr;
    if (closed != 0 || std::rename(m_partPath.c_str(), m_path.c_str()) != 0) {
        const Error error = failure("The file cannot be written");
        std::remove(m_partPath.c_str());
        return error;
    }
    return {};
}

} // namespace inference::cli
