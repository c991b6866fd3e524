#include "inference/gguf/foreign_format.h"

#include "inference/gguf/wording.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <string>

namespace inference {

namespace {

struct Signature
{
    std::string_view prefix;
    std::string_view what;
    std::string_view wayOut;
};

constexpr std::string_view kUnpack = "Unpack it and open the .gguf file in it.";
constexpr std::string_view kNeedsGguf = "Get the model as GGUF.";

using namespace std::string_view_literals;
constexpr std::array kSignatures{
    Signature{"PK\3\4"sv, "a ZIP archive or a PyTorch checkpoint", "Unpack it, or get the model as GGUF."},
    Signature{"\x1f\x8b"sv, "a gzip archive", kUnpack},
    Signature{"\x28\xb5\x2f\xfd"sv, "a zstd archive", kUnpack},
    Signature{"\xfd"
              "7zXZ"sv,
              "an xz archive", kUnpack},
    Signature{"7z\xbc\xaf"sv, "a 7-Zip archive", kUnpack},
    Signature{"Rar!"sv, "a RAR archive", kUnpack},
    Signature{"BZh"sv, "a bzip2 archive", kUnpack},
    Signature{"lmgg"sv, "a GGML file from before GGUF", kNeedsGguf},
    Signature{"fmgg"sv, "a GGML file from before GGUF", kNeedsGguf},
    Signature{"tjgg"sv, "a GGML file from before GGUF", kNeedsGguf},
    Signature{"algg"sv, "a LoRA adapter from before GGUF", kNeedsGguf},
    Signature{"FUGG"sv, "a byte-swapped GGUF file", "Get the little-endian file."},
    Signature{"\x80\2"sv, "a Python pickle, perhaps a PyTorch checkpoint", kNeedsGguf},
    Signature{"\x80\4"sv, "a Python pickle, perhaps a PyTorch checkpoint", kNeedsGguf},
    Signature{"\x93NUMPY"sv, "a NumPy array", kNeedsGguf},
    Signature{"\x89HDF"sv, "an HDF5 file", kNeedsGguf},
    Signature{"\x7f"
              "ELF"sv,
              "a program or library", "Choose a .gguf file."},
    Signature{"%PDF"sv, "a PDF document", "Choose a .gguf file."},
    Signature{"version https://git-lfs"sv, "a git-lfs pointer, not the file it stands for",
              "Run \"git lfs pull\", or download the file itself."},
};

constexpr std::string_view kDownloadAgain = "Download the model file itself again.";

bool startsWithIgnoringCase(std::string_view text, std::string_view lowerPrefix)
{
    return text.size() >= lowerPrefix.size() &&
           std::equal(lowerPrefix.begin(), lowerPrefix.end(), text.begin(),
                      [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
}

// u64 length of a JSON header, then the header.
bool isSafetensors(std::string_view text)
{
    if (text.size() < 10 || text[8] != '{')
        return false;
    std::uint64_t length = 0;
    for (std::size_t i = 8; i-- > 0;)
        length = length << 8 | static_cast<unsigned char>(text[i]);
    return length >= 2 && length <= 100'000'000;
}

// Texts that a failed download leaves behind.
Signature recognizeText(std::string_view text)
{
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n\xef\xbb\xbf"), text.size()));
    if (startsWithIgnoringCase(text, "<!doctype") || startsWithIgnoringCase(text, "<html"))
        return {{}, "a web page", kDownloadAgain};
    if (startsWithIgnoringCase(text, "<?xml"))
        return {{}, "an XML text, perhaps a server's error message", kDownloadAgain};
    if (text.starts_with('{') || text.starts_with('['))
        return {{}, "a JSON text, perhaps a server's error message", kDownloadAgain};
    return {};
}

Signature recognize(std::string_view text)
{
    for (const Signature &signature : kSignatures)
        if (text.starts_with(signature.prefix))
            return signature;
    if (isSafetensors(text))
        return {{}, "a safetensors file", kNeedsGguf};
    if (text.size() > 262 && text.substr(257, 5) == "ustar")
        return {{}, "a tar archive", kUnpack};
    return recognizeText(text.substr(0, 512));
}

} // namespace

Error foreignFormatError(std::span<const std::byte> bytes, std::string_view fileName)
{
    // A copy: a file that is being written may change between two looks at it.
    const std::string start(reinterpret_cast<const char *>(bytes.data()),
                            std::min<std::size_t>(bytes.size(), 4096));
    const std::string_view text = start;
    if (std::all_of(text.begin(), text.end(), [](char c) { return c == '\0'; }))
        return {ErrorCode::Incomplete,
                {.what = "The file begins with zeros, as an unfinished download does",
                 .where = fileName,
                 .expected = "\"GGUF\"",
                 .wayOut = "Resume or repeat the download."}};
    const Signature found = recognize(text);
    if (!found.what.empty())
        return {ErrorCode::Unsupported,
                {.what = "Not a GGUF file", .where = fileName, .found = found.what, .wayOut = found.wayOut}};
    const std::string magic = inQuotes(text.substr(0, 4));
    return {ErrorCode::Damaged,
            {.what = "Not a GGUF file",
             .where = fileName,
             .expected = "\"GGUF\" at the start",
             .found = magic,
             .wayOut = "Choose a .gguf file, or download it again."}};
}

} // namespace inference
