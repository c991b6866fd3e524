// Methods of texts, lists, dicts and loops.
#include "inference/chat/jinja/builtin_filters.h"
#include "inference/chat/jinja/strings.h"
#include "inference/text/utf8.h"

#include <algorithm>
#include <optional>

namespace inference::jinja {

namespace {

using Shape = SequenceObject::Shape;
using Method = Value (*)(Interpreter &, const Value &self, Arguments &);

constexpr std::size_t kNone = std::string_view::npos;

const Text &textArgument(const Evaluation &evaluation, const Value &value, std::string_view callee)
{
    if (!value.is(Kind::String))
        evaluation.fail("'" + std::string(callee) + "' is given something that is no text", "text",
                        describe(value));
    return value.text();
}

template <Text (*change)(Evaluation &, const Text &)>
Value changedText(Interpreter &interpreter, const Value &self, Arguments &arguments)
{
    arguments.bind(interpreter.evaluation, "method", {});
    return Value::string(change(interpreter.evaluation, self.text()));
}

template <bool left, bool right>
Value strip(Interpreter &interpreter, const Value &self, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const Value *set = arguments.bind(evaluation, "strip", {"chars"})[0];
    std::optional<std::string_view> characters;
    if (set && !set->is(Kind::None))
        characters = textArgument(evaluation, *set, "strip").bytes();
    return Value::string(stripped(evaluation, self.text(), characters, left, right));
}

Value listOf(Evaluation &evaluation, std::vector<Text> texts, Shape shape = Shape::List)
{
    std::vector<Value> items;
    for (Text &text : texts)
        items.push_back(Value::string(std::move(text)));
    return Value::sequence(evaluation, shape, std::move(items));
}

template <bool fromRight> Value split(Interpreter &interpreter, const Value &self, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const auto bound = arguments.bind(evaluation, "split", {"sep", "maxsplit"});
    std::optional<std::string_view> separator;
    if (bound[0] && !bound[0]->is(Kind::None)) {
        separator = textArgument(evaluation, *bound[0], "split").bytes();
        if (separator->empty())
            evaluation.fail("A text is split at nothing", "a separator", "an empty text");
    }
    const std::int64_t limit = bound[1] ? wholeArgument(evaluation, *bound[1], "split") : -1;
    return listOf(evaluation, splitText(evaluation, self.text(), separator, limit, fromRight));
}

Value splitlines(Interpreter &interpreter, const Value &self, Arguments &arguments)
{
    const auto bound = arguments.bind(interpreter.evaluation, "splitlines", {"keepends"});
    return listOf(interpreter.evaluation,
                  splitLines(interpreter.evaluation, self.text(), bound[0] && truth(*bound[0])));
}

template <bool atEnd> Value startsOrEnds(Interpreter &interpreter, const Value &self, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const Value &part = *arguments.bind(evaluation, atEnd ? "endswith" : "startswith", {"part"}, 1)[0];
    const auto holds = [&](const Value &one) {
        const std::string_view bytes =
            textArgument(evaluation, one, atEnd ? "endswith" : "startswith").bytes();
        evaluation.spend(bytes.size());
        return atEnd ? self.bytes().ends_with(bytes) : self.bytes().starts_with(bytes);
    };
    const bool several = part.hasShape(Shape::Tuple);
    const bool found = several
                           ? std::any_of(part.sequence().items.begin(), part.sequence().items.end(), holds)
                           : holds(part);
    return Value::boolean(found, self.foreign() || part.foreign());
}

// find, rfind, index, rindex: places count characters.
template <bool last, bool mustBe>
Value findPart(Interpreter &interpreter, const Value &self, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const auto bound = arguments.bind(evaluation, "find", {"part", "start", "end"}, 1);
    const std::string_view part = textArgument(evaluation, *bound[0], "find").bytes();
    evaluation.spend(self.text().size() * 4);
    const std::vector<std::uint32_t> offsets = characterOffsets(self.bytes());
    const auto length = static_cast<std::int64_t>(offsets.size()) - 1;
    const auto place = [&](const Value *value, std::int64_t fallback) {
        if (!value || value->is(Kind::None))
            return fallback;
        const std::int64_t given = wholeArgument(evaluation, *value, "find");
        return given < -length ? 0 : given < 0 ? given + length : given;
    };
    const std::int64_t from = place(bound[1], 0), to = std::min(place(bound[2], length), length);
    std::size_t at = kNone;
    if (from <= to) {
        const std::size_t begin = offsets[static_cast<std::size_t>(from)];
        const std::string_view window =
            self.bytes().substr(begin, offsets[static_cast<std::size_t>(to)] - begin);
        at = last ? findLastBytes(window, part) : findBytes(window, part);
        at = at == kNone ? kNone : at + begin;
    }
    if (at == kNone && mustBe)
        evaluation.fail("A text is not found in another one", describe(*bound[0]), describe(self));
    const auto character = std::lower_bound(offsets.begin(), offsets.end(), at) - offsets.begin();
    return Value::integer(at == kNone ? -1 : character, self.foreign() || bound[0]->foreign());
}

Value countParts(Interpreter &interpreter, const Value &self, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const Value &part = *arguments.bind(evaluation, "count", {"part"}, 1)[0];
    if (!self.is(Kind::String)) {
        const auto &items = self.sequence().items;
        return Value::integer(std::count_if(
            items.begin(), items.end(), [&](const Value &item) { return equal(evaluation, item, part); }));
    }
    const std::string_view bytes = textArgument(evaluation, part, "count").bytes();
    evaluation.spend(self.text().size());
    std::int64_t count = 0;
    if (bytes.empty())
        return Value::integer(length(evaluation, self) + 1, self.foreign());
    for (std::size_t at = findBytes(self.bytes(), bytes); at != kNone;
         at = findBytes(self.bytes(), bytes, at + bytes.size()))
        ++count;
    return Value::integer(count, self.foreign() || part.foreign());
}

Value replaceText(Interpreter &interpreter, const Value &self, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const auto bound = arguments.bind(evaluation, "replace", {"old", "new", "count"}, 2);
    return Value::string(replaced(evaluation, self.text(), textArgument(evaluation, *bound[0], "replace"),
                                  textArgument(evaluation, *bound[1], "replace"),
                                  bound[2] ? wholeArgument(evaluation, *bound[2], "replace") : -1));
}

Value join(Interpreter &interpreter, const Value &self, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    std::vector<Text> parts;
    for (const Value &item : iterate(evaluation, *arguments.bind(evaluation, "join", {"iterable"}, 1)[0]))
        parts.push_back(textArgument(evaluation, item, "join"));
    return Value::string(joined(evaluation, parts, self.text()));
}

Value formatText(Interpreter &interpreter, const Value &self, Arguments &arguments)
{
    return braceFormat(interpreter, self.text(), arguments);
}

template <bool suffix> Value without(Interpreter &interpreter, const Value &self, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const Value &given =
        *arguments.bind(evaluation, suffix ? "removesuffix" : "removeprefix", {"part"}, 1)[0];
    const std::string_view part =
        textArgument(evaluation, given, suffix ? "removesuffix" : "removeprefix").bytes();
    const std::size_t size = self.text().size();
    if (part.empty() || !(suffix ? self.bytes().ends_with(part) : self.bytes().starts_with(part)))
        return self;
    evaluation.spendBytes(size);
    return Value::string(self.text().slice(suffix ? 0 : part.size(), size - part.size()));
}

template <bool last> Value partition(Interpreter &interpreter, const Value &self, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const Value &separator = *arguments.bind(evaluation, "partition", {"sep"}, 1)[0];
    const std::string_view part = textArgument(evaluation, separator, "partition").bytes();
    if (part.empty())
        evaluation.fail("A text is split at nothing", "a separator", "an empty text");
    evaluation.spendBytes(self.text().size() * 2);
    const std::size_t at = last ? findLastBytes(self.bytes(), part) : findBytes(self.bytes(), part);
    if (at == kNone)
        return listOf(evaluation,
                      last ? std::vector<Text>{{}, {}, self.text()} : std::vector<Text>{self.text(), {}, {}},
                      Shape::Tuple);
    const std::size_t behind = at + part.size();
    return listOf(evaluation,
                  {self.text().slice(0, at), self.text().slice(at, part.size()),
                   self.text().slice(behind, self.text().size() - behind)},
                  Shape::Tuple);
}

Value zfill(Interpreter &interpreter, const Value &self, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const Value *width = arguments.bind(evaluation, "zfill", {"width"}, 1)[0];
    const std::int64_t missing = wholeArgument(evaluation, *width, "zfill") - length(evaluation, self);
    if (missing <= 0)
        return self;
    const bool sign = self.bytes().starts_with('-') || self.bytes().starts_with('+');
    Text text = self.text().slice(0, sign ? 1 : 0);
    appendTo(evaluation, text, repeated(evaluation, Text("0", width->foreign()), missing));
    appendTo(evaluation, text, self.text().slice(sign ? 1 : 0, self.text().size() - (sign ? 1 : 0)));
    return Value::string(std::move(text));
}

template <std::uint8_t bits> Value isAllOf(Interpreter &interpreter, const Value &self, Arguments &arguments)
{
    arguments.bind(interpreter.evaluation, "method", {});
    interpreter.evaluation.spend(self.text().size());
    const char *end = self.bytes().data() + self.bytes().size();
    bool all = !self.bytes().empty();
    for (const char *p = self.bytes().data(); p < end && all;) {
        const utf8::Character c = utf8::read(p, end);
        all = bits == unicode::kSpace ? isPythonSpace(c.codePoint)
                                      : (utf8::classOf(c.codePoint, unicode::classes()) & bits) != 0;
        p += c.length;
    }
    return Value::boolean(all, self.foreign());
}

template <bool wantsUpper> Value isCase(Interpreter &interpreter, const Value &self, Arguments &arguments)
{
    return Value::boolean(interpreter.callTest(wantsUpper ? "upper" : "lower", self, arguments),
                          self.foreign());
}

Value indexOf(Interpreter &interpreter, const Value &self, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const Value &item = *arguments.bind(evaluation, "index", {"item"}, 1)[0];
    const auto &items = self.sequence().items;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (equal(evaluation, items[i], item))
            return Value::integer(static_cast<std::int64_t>(i));
    }
    evaluation.fail("A value is not in a list", describe(item), describe(self));
}

Value copy(Interpreter &interpreter, const Value &self, Arguments &arguments)
{
    arguments.bind(interpreter.evaluation, "copy", {});
    return self; // nothing can change it
}

Value get(Interpreter &interpreter, const Value &self, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    const auto bound = arguments.bind(evaluation, "get", {"key", "default"}, 1);
    const Value *value = find(evaluation, self, *bound[0]);
    return value ? *value : bound[1] ? *bound[1] : Value::none();
}

template <Shape shape> Value view(Interpreter &interpreter, const Value &self, Arguments &arguments)
{
    Evaluation &evaluation = interpreter.evaluation;
    arguments.bind(evaluation, "method", {});
    std::vector<Value> items;
    for (const auto &[key, value] : self.dict().entries) {
        evaluation.spend(kElementPrice * 3);
        items.push_back(shape == Shape::Keys     ? key
                        : shape == Shape::Values ? value
                                                 : Value::sequence(evaluation, Shape::Tuple, {key, value}));
    }
    return Value::sequence(evaluation, shape, std::move(items));
}

Value cycle(Interpreter &interpreter, const Value &self, Arguments &arguments)
{
    if (arguments.positional.empty())
        interpreter.evaluation.fail("loop.cycle is given nothing to choose from", "values", "nothing");
    return arguments.positional[self.loop().index0 % arguments.positional.size()];
}

Value hasChanged(Interpreter &interpreter, const Value &self, Arguments &arguments)
{
    LoopObject &loop = self.loop();
    bool same = loop.hasChanged && loop.lastChanged.size() == arguments.positional.size();
    for (std::size_t i = 0; same && i < loop.lastChanged.size(); ++i)
        same = equal(interpreter.evaluation, loop.lastChanged[i], arguments.positional[i]);
    if (same)
        return Value::boolean(false);
    if (!loop.hasChanged)
        interpreter.hold(self.sharedLoop());
    loop.hasChanged = true;
    loop.lastChanged = arguments.positional;
    return Value::boolean(true);
}

using Row = std::pair<std::string_view, Method>;

constexpr Row kOfTexts[] = {
    {"upper", changedText<upper>},
    {"lower", changedText<lower>},
    {"title", changedText<titled>},
    {"capitalize", changedText<capitalized>},
    {"strip", strip<true, true>},
    {"lstrip", strip<true, false>},
    {"rstrip", strip<false, true>},
    {"split", split<false>},
    {"rsplit", split<true>},
    {"splitlines", splitlines},
    {"startswith", startsOrEnds<false>},
    {"endswith", startsOrEnds<true>},
    {"find", findPart<false, false>},
    {"rfind", findPart<true, false>},
    {"index", findPart<false, true>},
    {"rindex", findPart<true, true>},
    {"count", countParts},
    {"replace", replaceText},
    {"join", join},
    {"format", formatText},
    {"removeprefix", without<false>},
    {"removesuffix", without<true>},
    {"partition", partition<false>},
    {"rpartition", partition<true>},
    {"zfill", zfill},
    {"isdigit", isAllOf<unicode::kNumber>},
    {"isalpha", isAllOf<unicode::kLetter>},
    {"isalnum", isAllOf<unicode::kLetter | unicode::kNumber>},
    {"isspace", isAllOf<unicode::kSpace>},
    {"isupper", isCase<true>},
    {"islower", isCase<false>},
};

constexpr Row kOfLists[] = {{"index", indexOf}, {"count", countParts}, {"copy", copy}};

constexpr Row kOfDicts[] = {{"items", view<Shape::Items>},
                            {"keys", view<Shape::Keys>},
                            {"values", view<Shape::Values>},
                            {"get", get},
                            {"copy", copy}};

constexpr Row kOfLoops[] = {{"cycle", cycle}, {"changed", hasChanged}};

template <std::size_t size> Value bound(const Row (&rows)[size], const Value &self, std::string_view name)
{
    for (const auto &[key, method] : rows) {
        if (key != name)
            continue;
        return Value::callable(
            std::string(name),
            [self, method = method](Interpreter &interpreter, Arguments &arguments) {
                interpreter.evaluation.spend(kNodePrice);
                return method(interpreter, self, arguments);
            },
            self.depth() + 1);
    }
    return {};
}

Value ofLoop(const LoopObject &loop, std::string_view name)
{
    const std::vector<Value> &items = loop.items->items;
    const auto size = static_cast<std::int64_t>(items.size()), index = static_cast<std::int64_t>(loop.index0);
    const std::pair<std::string_view, std::int64_t> numbers[] = {{"index", index + 1},
                                                                 {"index0", index},
                                                                 {"length", size},
                                                                 {"revindex", size - index},
                                                                 {"revindex0", size - index - 1},
                                                                 {"depth", 1},
                                                                 {"depth0", 0}};
    for (const auto &[key, number] : numbers) {
        if (key == name)
            return Value::integer(number);
    }
    if (name == "first" || name == "last")
        return Value::boolean(index == (name == "first" ? 0 : size - 1));
    if (name == "previtem" && index > 0)
        return items[loop.index0 - 1];
    if (name == "nextitem" && index + 1 < size)
        return items[loop.index0 + 1];
    return {};
}

} // namespace

Value findMethod(Interpreter &, const Value &object, std::string_view name)
{
    switch (object.kind()) {
    case Kind::String:
        return bound(kOfTexts, object, name);
    case Kind::Sequence:
        if (object.sequence().shape != Shape::List && object.sequence().shape != Shape::Tuple)
            return {};
        return bound(kOfLists, object, name);
    case Kind::Dict:
        return bound(kOfDicts, object, name);
    case Kind::Loop: {
        const Value attribute = ofLoop(object.loop(), name);
        return attribute.is(Kind::Undefined) ? bound(kOfLoops, object, name) : attribute;
    }
    default:
        return {};
    }
}

} // namespace inference::jinja
