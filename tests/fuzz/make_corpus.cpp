// Writes the corpus of the fuzz targets: the good originals of each format, and of 20,000 mutants those that
// are refused for a reason that none before had, the smallest for each.
//
//     build/ci/tests/make_fuzz_corpus tests/fuzz/corpus
#include "tests/fuzz/support/mutant_run.h"
#include "tests/fuzz/support/mutators.h"

#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>

namespace fs = std::filesystem;

namespace {

constexpr int kMutants = 20'000;
constexpr std::size_t kMostBytes = 30'000; // of one corpus, so that all are below 200 KB

// A message without what differs from file to file: names, numbers, what was found.
std::string reasonOf(const std::string &message)
{
    std::string reason;
    for (const char c : message.substr(0, message.find(",")))
        if (!std::isdigit(static_cast<unsigned char>(c)))
            reason += c;
    const std::size_t found = message.rfind("found ");
    return reason + (found == message.npos ? "" : message.substr(found, 12));
}

class Corpus
{
public:
    Corpus(const fs::path &folder, const char *name) : m_folder(folder / name)
    {
        fs::remove_all(m_folder);
        fs::create_directories(m_folder);
    }
    void addGood(const std::string &bytes) { write("good", bytes); }
    void offer(const std::string &bytes, const fuzz::Outcome &outcome)
    {
        std::string &kept = m_byReason[outcome.opened ? "opened" : reasonOf(outcome.message)];
        if (kept.empty() || (!bytes.empty() && bytes.size() < kept.size()))
            kept = bytes;
    }
    void finish()
    {
        for (const auto &[reason, bytes] : m_byReason)
            if (m_written + bytes.size() <= kMostBytes)
                write(reason == "opened" ? "good" : "bad", bytes);
        std::printf("%s: %d files, %zu bytes\n", m_folder.filename().c_str(), m_files, m_written);
    }

private:
    void write(const char *kind, const std::string &bytes)
    {
        char name[32];
        std::snprintf(name, sizeof name, "%03d-%s", ++m_files, kind);
        std::ofstream(m_folder / name, std::ios::binary) << bytes;
        m_written += bytes.size();
    }

    fs::path m_folder;
    std::map<std::string, std::string> m_byReason;
    int m_files = 0;
    std::size_t m_written = 0;
};

void make(const fs::path &folder, const char *name, const std::vector<std::string> &originals,
          const std::function<std::string()> &next,
          const std::function<fuzz::Outcome(const std::string &)> &probe)
{
    Corpus corpus(folder, name);
    for (const std::string &original : originals)
        corpus.addGood(original);
    for (int i = 0; i < kMutants; ++i) {
        const std::string bytes = next();
        corpus.offer(bytes, probe(bytes));
    }
    corpus.finish();
}

void makeOfFolder(const fs::path &folder, const char *name, const fuzz::FolderProbe::Files &files,
                  const std::string &file)
{
    fuzz::FolderProbe probe(files);
    fuzz::FolderMutator mutator(files, fuzz::mutantSeed(), file);
    make(
        folder, name, {files.at(file)}, [&] { return mutator.next().second; },
        [&](const std::string &bytes) { return probe.open(file, bytes); });
}

// Templates have words of their own; here small ones with every part of the language do, changed by bytes.
const std::vector<std::string> kTemplates{
    "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'user' %}{{ '<|user|>' + m['content'] }}"
    "{% elif m.role == 'assistant' %}{{ m.content.split('</think>')[-1] }}{% else %}{{ m['content'] | trim "
    "}}{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}",
    "{%- set ns = namespace(a=false, b='') -%}{%- for m in messages if m.content is string -%}"
    "{%- set ns.b = ns.b ~ loop.index0 ~ m.content | upper -%}{%- if loop.last %}{% break %}{% endif %}{%- "
    "endfor -%}"
    "{{ ns.b[1:-1] }}{{ ns.a is defined and not ns.a }}",
    "{% macro f(x, y=2) %}{{ x * y + 1 // 3 % 2 - 0.5 }}{% endmacro %}{{ f(3) }}{{ f(x=1, y=[1,2]|length) }}",
    "{% if tools %}{% for t in tools %}{{ t | tojson(indent=2) }}{{ t.function.name }}{% endfor %}{% endif %}"
    "{{ range(3) | list | join(', ') }}{{ {'a': 1}.items() | list }}{{ 'x' in 'xyz' }}{{ 1 if true else 2 }}",
    "{# note #}{{ raise_exception('no') }}",
    "{{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | first | default('') }}"
    "{{ strftime_now('%d %b %Y') }}{% generation %}x{% endgeneration %}{% filter upper %}y{% endfilter %}"
    "{% call(u) g() %}{{ u }}{% endcall %}{% raw %}{{ z }}{% endraw %}",
};

} // namespace

int main(int argc, char **argv)
{
    if (argc != 2) {
        std::fprintf(stderr, "Usage: make_fuzz_corpus FOLDER\n");
        return 2;
    }
    const fs::path folder = argv[1];
    std::vector<std::string> ggufs;
    for (const fuzz::GgufOriginal &original : fuzz::ggufOriginals())
        ggufs.push_back(original.bytes);
    fuzz::GgufMutator gguf(fuzz::mutantSeed());
    make(
        folder, "gguf", ggufs, [&] { return gguf.next(); }, fuzz::probeGguf);
    fuzz::SafetensorsMutator safetensors(fuzz::mutantSeed());
    make(
        folder, "safetensors", fuzz::safetensorsOriginals(), [&] { return safetensors.next(); },
        fuzz::probeSafetensors);
    fuzz::TokenizerMutator tokenizer(fuzz::mutantSeed());
    make(
        folder, "tokenizer_json", fuzz::tokenizerOriginals(), [&] { return tokenizer.next(); },
        fuzz::probeTokenizerJson);
    const std::vector<fuzz::FolderProbe::Files> folders = fuzz::folderOriginals();
    makeOfFolder(folder, "config_json", folders.back(), "config.json");
    makeOfFolder(folder, "split_index", folders.front(), "model.safetensors.index.json");
    fuzz::Random random(fuzz::mutantSeed());
    make(
        folder, "chat_template", kTemplates,
        [&] {
            std::string text = kTemplates[fuzz::below(random, kTemplates.size())];
            fuzz::changeBytes(random, text);
            return text;
        },
        fuzz::probeTemplate);
}
