// Mutants of each format, made of good originals by something that knows the format. The same seed gives the
// same.
#pragma once

#include "tests/fuzz/support/json_mutator.h"
#include "tests/fuzz/support/originals.h"

#include <string>
#include <utility>
#include <vector>

namespace fuzz {

// One to four fields of a file: header 10 %, metadata 35 %, tensor infos 35 %, consistency 10 %, alignment 5
// %, data 5 %.
class GgufMutator
{
public:
    explicit GgufMutator(std::uint64_t seed) : m_random(seed) {}
    std::string next();

private:
    using Fields = std::vector<test::GgufField>;

    void mutate(std::string &bytes, const GgufOriginal &from);
    void changeField(std::string &bytes, const GgufOriginal &from, const Fields &fields);
    void breakConsistency(std::string &bytes, const GgufOriginal &from);
    void changeAlignment(std::string &bytes);

    Random m_random;
    std::vector<GgufOriginal> m_originals = ggufOriginals();
};

// Names, types, shapes, offsets and their order in the header; its length; the data behind it.
class SafetensorsMutator
{
public:
    explicit SafetensorsMutator(std::uint64_t seed);
    std::string next();

private:
    std::string changedEntries(std::size_t original);

    Random m_random;
    std::vector<std::string> m_headers, m_data;
    JsonMutator m_json;
};

class TokenizerMutator
{
public:
    explicit TokenizerMutator(std::uint64_t seed);
    std::string next() { return m_json.mutant(m_random); }
    std::string next(std::size_t original) { return m_json.mutant(m_random, original); }

private:
    Random m_random;
    JsonMutator m_json;
};

// One file of a folder. `only` is a file's name: mutants of that one alone; empty: config.json in half of
// them, the others of all files.
class FolderMutator
{
public:
    FolderMutator(const FolderProbe::Files &files, std::uint64_t seed, std::string only = {});
    std::pair<std::string, std::string> next(); // name, bytes

private:
    struct File
    {
        std::string name;
        std::string header, data; // of a safetensors file; else the text is the header
        JsonMutator json;
    };
    std::pair<std::string, std::string> mutantOf(const File &file);

    Random m_random;
    std::vector<File> m_files;
    std::size_t m_config = 0;
};

} // namespace fuzz
