// baleen-cli: the terminal twin of the window (shared contract: the verbs and exit codes of report.h).
#include "inference/cli/common.h"
#include "inference/cli/interrupt.h"
#include "inference/cli/report.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

using namespace inference::cli;

namespace {

constexpr Verb kVerbs[] = {
    {"info", "what a model file holds and what it needs", runInfo},
    {"tokenize", "text to token ids", runTokenize},
    {"detokenize", "token ids to text", runDetokenize},
    {"template", "a conversation to the exact prompt text", runTemplate},
    {"logits", "the model's raw numbers as a NumPy file", runLogits},
    {"generate", "one answer", runGenerate},
    {"chat", "a conversation in the terminal", runChat},
    {"bench", "the speed of a model on this machine", runBench},
    {"doctor", "what this machine can do", runDoctor},
    {"selftest", "every kernel against the reference", runSelftest},
};

std::string usage()
{
    std::string text = "baleen-cli VERB MODEL [OPTION...]\n\nDeepSeek models in the terminal.\n\n";
    for (const Verb &verb : kVerbs) {
        text += std::string("  ") + verb.name;
        text.append(14 - std::strlen(verb.name), ' ');
        text += std::string(verb.summary) + "\n";
    }
    return text +
           "\n  baleen-cli VERB --help shows the options of a verb with their defaults.\n"
           "  baleen-cli --version\n\n"
           "MODEL is a GGUF file, the first part of a split one, or the name of a file in BALEEN_MODELS.\n"
           "Exit: 0 done, 1 failed, 2 wrong usage, 3 model damaged or unsupported, 130 interrupted.\n";
}

int runVerb(const std::vector<std::string> &arguments)
{
    if (arguments.empty()) {
        std::fputs(usage().c_str(), stderr);
        return kWrongUsage;
    }
    const std::string &name = arguments.front();
    if (name == "--help" || name == "-h" || name == "help") {
        write(usage());
        return kDone;
    }
    if (name == "--version") {
        write("baleen-cli " BALEEN_VERSION " (" BALEEN_COMMIT ")\n");
        return kDone;
    }
    std::string names;
    for (const Verb &verb : kVerbs) {
        if (name == verb.name)
            return verb.run(std::span(arguments).subspan(1));
        names += (names.empty() ? "" : ", ") + std::string(verb.name);
    }
    return fail({inference::ErrorCode::InvalidArgument,
                 {.what = "There is no such verb",
                  .expected = names,
                  .found = name,
                  .wayOut = "See baleen-cli --help."}});
}

} // namespace

int main(int argc, char **argv)
{
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    Interrupt interrupt;
    int code = kFailed;
    try {
        code = runVerb(arguments);
    } catch (const std::bad_alloc &) {
        code = fail({inference::ErrorCode::OutOfMemory,
                     "Memory ran out. Close other programs, or choose a shorter context "
                     "or a smaller model."});
    } catch (const std::exception &exception) {
        code = fail({inference::ErrorCode::Internal,
                     std::string("Something failed inside the program: ") + exception.what() + "."});
    }
    errno = 0;
    if ((std::fflush(stdout) != 0 || std::ferror(stdout)) && code == kDone)
        code = fail({inference::ErrorCode::Io,
                     {.what = "Not all output could be written",
                      .where = "standard output",
                      .found = errno ? std::strerror(errno) : "an earlier failure"}});
    return code;
}
