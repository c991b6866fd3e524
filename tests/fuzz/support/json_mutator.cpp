#include "tests/fuzz/support/json_mutator.h"

#include <algorithm>

namespace fuzz {

std::uint64_t edge(Random &random, std::uint64_t old, std::size_t size)
{
    switch (below(random, 10)) {
    case 0:
        return below(random, 16);
    case 1:
        return old + 1;
    case 2:
        return old - 1;
    case 3:
        return ~0ull >> below(random, 64);
    case 4:
        return 1ull << below(random, 64);
    case 5:
        return (1ull << below(random, 64)) - 1;
    case 6:
        return old ^ (1ull << below(random, size * 8));
    case 7:
        return old * (2 + below(random, 1000));
    case 8:
        return below(random, 4096);
    default:
        return random();
    }
}

void changeBytes(Random &random, std::string &text)
{
    for (std::size_t changes = 1 + below(random, 4); changes > 0 && !text.empty(); --changes) {
        const std::size_t at = below(random, text.size());
        const std::size_t length = std::min(text.size() - at, 1 + below(random, 24));
        switch (below(random, 8)) {
        case 0:
            text.resize(at);
            break;
        case 1:
            text.erase(at, length);
            break;
        case 2:
            text.insert(at, text.substr(at, length));
            break;
        case 3:
            text.insert(below(random, text.size()), text.substr(at, length));
            break;
        case 4: { // brackets, perhaps deeper than anybody nests
            static constexpr std::string_view kBrackets = "[]{}\":,\\";
            const std::size_t count = below(random, 8) == 0 ? 1 + below(random, 3000) : 1;
            text.insert(at, std::string(count, kBrackets[below(random, kBrackets.size())]));
            break;
        }
        case 5: {
            static constexpr std::string_view kOdd[] = {
                "\xff", "\xc3", "\xed\xa0\x80", "\\ud800",      "\\u0000", "\n",    "\"x\":1,", "1e999",
                "-0",   "NaN",  "//",           "\xef\xbb\xbf", "1.5",     "null,", "0x10",     "\\"};
            text.insert(at, kOdd[below(random, std::size(kOdd))]);
            break;
        }
        default:
            text[at] = static_cast<char>(random());
        }
    }
}

JsonMutator::JsonMutator(const std::vector<std::string> &originals, const std::vector<std::string> &more)
    : m_words(more)
{
    for (const std::string &text : originals) {
        m_originals.push_back(Json::parse(text));
        collectWords(m_originals.back());
    }
    m_words.insert(m_words.end(),
                   {"", "x", "\n", std::string("a\0b", 3), "\xE2\x80\xAE", std::string(5000, 'y')});
    std::sort(m_words.begin(), m_words.end());
    m_words.erase(std::unique(m_words.begin(), m_words.end()), m_words.end());
}

void JsonMutator::collectWords(const Json &json)
{
    if (json.is_string())
        m_words.push_back(json.get<std::string>());
    if (json.is_object())
        for (const auto &[key, member] : json.items())
            m_words.push_back(key);
    if (json.is_structured())
        for (const Json &inner : json)
            collectWords(inner);
}

JsonMutator::Json JsonMutator::value(Random &random) const
{
    switch (below(random, 14)) {
    case 0:
        return nullptr;
    case 1:
        return below(random, 2) == 0;
    case 2:
        return -1;
    case 3:
        return 0;
    case 4:
        return edge(random, below(random, 100), 8);
    case 5:
        return std::int64_t(random());
    case 6:
        return double(std::int64_t(random())) * (below(random, 2) ? 1e-20 : 1e280);
    case 7:
        return 0.5;
    case 8:
        return Json::array();
    case 9:
        return Json::object();
    case 10:
        return Json::array({word(random), edge(random, 1, 8)});
    case 11: {
        Json object = Json::object();
        object[word(random)] = word(random);
        return object;
    }
    case 12: { // deep, but not so deep that the library's own recursion ends
        Json deep = word(random);
        for (std::size_t i = below(random, 90); i > 0; --i)
            deep = Json::array({std::move(deep)});
        return deep;
    }
    default:
        return word(random);
    }
}

void JsonMutator::changeNumber(Random &random, Json &json)
{
    if (json.is_number_float()) {
        const double old = json.get<double>();
        const double others[] = {old * 2, -old, 0, 1e-30, 1e30, 1e300, old + 1, old / 3};
        json = others[below(random, std::size(others))];
    } else {
        json = edge(random, json.get<std::uint64_t>(), 8);
    }
}

void JsonMutator::change(Random &random, Json &root) const
{
    // Down to a random place; the deeper places are the more interesting ones.
    Json *parent = nullptr, *at = &root;
    std::size_t index = 0;
    while (at->is_structured() && !at->empty() && (parent == nullptr || below(random, 4) > 0)) {
        parent = at;
        index = below(random, at->size());
        at = &*std::next(at->begin(), std::ptrdiff_t(index));
    }
    if (!parent)
        return;
    const auto place = [&] { return std::next(parent->begin(), std::ptrdiff_t(index)); };
    switch (below(random, 10)) {
    case 0:
        parent->erase(place());
        break;
    case 1:
    case 2:
        if (at->is_number()) {
            changeNumber(random, *at);
            break;
        }
        [[fallthrough]];
    case 3:
    case 4:
        *at = value(random);
        break;
    case 5: { // two neighbours change places
        auto other = std::next(parent->begin(), std::ptrdiff_t(below(random, parent->size())));
        std::swap(*at, *other);
        break;
    }
    case 6: // a copy
        if (parent->is_array())
            parent->push_back(Json(*at));
        else
            (*parent)[word(random)] = Json(*at);
        break;
    case 7:
        if (parent->is_object() && below(random, 2) == 0) { // another name
            Json kept = std::move(*at);
            parent->erase(place());
            (*parent)[word(random)] = std::move(kept);
            break;
        }
        [[fallthrough]];
    case 8:
        if (parent->is_array())
            parent->insert(place(), value(random));
        else
            (*parent)[word(random)] = value(random);
        break;
    default:
        if (at->is_string() && below(random, 2) == 0) {
            std::string text = at->get<std::string>();
            changeBytes(random, text);
            *at = text;
        } else {
            *at = word(random);
        }
    }
}

std::string JsonMutator::mutant(Random &random, std::size_t original) const
{
    Json json = m_originals[original];
    for (std::size_t changes = below(random, 3) == 0 ? 1 + below(random, 4) : 1; changes > 0; --changes)
        change(random, json);
    std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (below(random, 8) == 0)
        changeBytes(random, text);
    else if (below(random, 16) == 0) { // a member twice
        const std::size_t open = text.find('{', below(random, text.size())), key = text.find(":", open);
        const std::size_t name = key == text.npos ? text.npos : text.rfind('"', key - 2);
        if (open != text.npos && name != text.npos && name > open)
            text.insert(open + 1, text.substr(name, key + 1 - name) + "1,");
    }
    return text;
}

} // namespace fuzz
