// Golden templates, shapes of conversations and what the reference makes of them;
// tests/golden/chat/make_jinja.py.
#pragma once

#include "inference/chat/jinja/template.h"
#include "inference/gguf/gguf_file.h"
#include "tests/support/models.h"

#include <QFile>
#include <QTest>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace test {

using Json = nlohmann::ordered_json;

inline std::string readChatFile(const std::string &name)
{
    QFile file(QStringLiteral(BALEEN_GOLDEN_DIR "/chat/") + QString::fromStdString(name));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("no %s", name.c_str());
    return file.readAll().toStdString();
}

inline const Json &jinjaGolden()
{
    static const Json json = Json::parse(readChatFile("jinja.json"));
    return json;
}

inline std::string templateSource(const std::string &name)
{
    if (name.find("-Q4_") == name.npos) {
        std::string source = readChatFile(name + ".jinja");
        if (name.find('/') == name.npos && source.ends_with('\n'))
            source.pop_back();
        return source;
    }
    const QString path = name.starts_with("Smol") ? smallModel() : starterModel();
    auto file = inference::GgufFile::open(path.toStdString());
    if (!file)
        qFatal("%s", file.error().message.c_str());
    const auto source = (*file)->optionalString("tokenizer.chat_template");
    if (!source || !source->has_value())
        qFatal("no template in %s", name.c_str());
    return std::string(**source);
}

inline std::vector<std::string> templateNames()
{
    std::vector<std::string> names;
    for (const auto &[name, cases] : jinjaGolden()["cases"].items())
        names.push_back(name);
    return names;
}

inline inference::jinja::Variables variablesOf(const Json &shape, const Json &cases)
{
    inference::jinja::Variables variables;
    variables.messages = shape["messages"];
    if (shape.contains("tools"))
        variables.tools = shape["tools"];
    if (shape.contains("thinking"))
        variables.thinking = shape["thinking"].get<bool>();
    variables.bosToken = cases["bos"].get<std::string>();
    variables.eosToken = cases["eos"].get<std::string>();
    variables.now = {2025, 3, 9, 14, 5, 7};
    return variables;
}

inline std::string joined(const std::vector<inference::PromptPiece> &pieces)
{
    std::string text;
    for (const inference::PromptPiece &piece : pieces)
        text += piece.text;
    return text;
}

// "LENGTH:FNV-1a" as make_jinja.py writes it.
inline std::string digest(std::string_view text)
{
    std::uint64_t value = 0xCBF29CE484222325u;
    for (const char c : text)
        value = (value ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
    return QStringLiteral("%1:%2").arg(text.size()).arg(value, 16, 16, QLatin1Char('0')).toStdString();
}

} // namespace test
