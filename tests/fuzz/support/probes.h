// What fuzzing does with foreign bytes: each parser opens them as the program does, and all that comes out is
// read, so that sanitizers see each access. Used by the mutants' tests and by the libFuzzer targets.
#pragma once

#include "inference/result.h"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace fuzz {

struct Outcome
{
    bool opened = false;
    inference::ErrorCode code = inference::ErrorCode::Internal; // where it did not open
    std::string message{};
};

// Each ends the program where a refusal is no sentence, or where what was accepted cannot be read.
Outcome probeGguf(std::string_view bytes); // and, as far as it is one, the model in it
Outcome probeSafetensors(std::string_view bytes);
Outcome probeTokenizerJson(std::string_view bytes);
Outcome probeTemplate(std::string_view source); // with some conversation, chosen by the source

// A folder on disk, in which one file at a time is another than it was. The folder vanishes with the object.
class FolderProbe
{
public:
    using Files = std::map<std::string, std::string>;

    explicit FolderProbe(Files files);
    ~FolderProbe();
    FolderProbe(const FolderProbe &) = delete;
    FolderProbe &operator=(const FolderProbe &) = delete;

    // The whole model, opened and, where it opens, run for two tokens.
    Outcome open(const std::string &name, std::string_view bytes);
    const Files &files() const { return m_files; }
    const std::filesystem::path &path() const { return m_path; }

private:
    Files m_files;
    std::filesystem::path m_path;
    std::string m_changed; // the file that is not what m_files says
};

} // namespace fuzz
