// Python's ==, < and `in`.
#include "inference/chat/jinja/value.h"

#include <algorithm>
#include <cmath>

namespace inference::jinja {

namespace {

using Shape = SequenceObject::Shape;

bool equalItems(Evaluation &evaluation, const std::vector<Value> &a, const std::vector<Value> &b)
{
    if (a.size() != b.size())
        return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (!equal(evaluation, a[i], b[i]))
            return false;
    }
    return true;
}

bool equalDicts(Evaluation &evaluation, const Value &a, const Value &b)
{
    if (a.dict().entries.size() != b.dict().entries.size())
        return false;
    for (const auto &[key, value] : a.dict().entries) {
        const Value *other = find(evaluation, b, key);
        if (!other || !equal(evaluation, value, *other))
            return false;
    }
    return true;
}

// An integer and a float, exactly: a double cannot hold every integer.
int compareMixed(std::int64_t a, double b)
{
    if (std::isnan(b))
        return 2; // neither
    if (b >= 9223372036854775808.0)
        return -1;
    if (b < -9223372036854775808.0)
        return 1;
    const double whole = std::floor(b);
    const auto floor = static_cast<std::int64_t>(whole);
    if (a != floor)
        return a < floor ? -1 : 1;
    return b > whole ? -1 : 0;
}

// -1, 0, 1, or 2 when a NaN is one of them.
int compareNumbers(const Value &a, const Value &b)
{
    if (a.isWhole() && b.isWhole())
        return a.integer() < b.integer() ? -1 : a.integer() > b.integer() ? 1 : 0;
    if (a.isWhole())
        return compareMixed(a.integer(), b.real());
    if (b.isWhole()) {
        const int turned = compareMixed(b.integer(), a.real());
        return turned == 2 ? 2 : -turned;
    }
    if (std::isnan(a.real()) || std::isnan(b.real()))
        return 2;
    return a.real() < b.real() ? -1 : a.real() > b.real() ? 1 : 0;
}

} // namespace

bool equal(Evaluation &evaluation, const Value &a, const Value &b)
{
    const Nested nested(evaluation);
    evaluation.spend(8);
    if (a.isNumber() && b.isNumber())
        return compareNumbers(a, b) == 0;
    if (a.kind() != b.kind())
        return false;
    switch (a.kind()) {
    case Kind::Undefined:
    case Kind::None:
        return true;
    case Kind::String:
        evaluation.spend(std::min(a.text().size(), b.text().size()) / 16);
        return a.bytes() == b.bytes();
    case Kind::Sequence: {
        if (a.sameObject(b))
            return true;
        const Shape shape = a.sequence().shape;
        const bool compares = shape == Shape::List || shape == Shape::Tuple || shape == Shape::Range;
        return shape == b.sequence().shape && compares &&
               equalItems(evaluation, a.sequence().items, b.sequence().items);
    }
    case Kind::Dict:
        return a.sameObject(b) || equalDicts(evaluation, a, b);
    default:
        return a.sameObject(b);
    }
}

bool less(Evaluation &evaluation, const Value &a, const Value &b)
{
    const Nested nested(evaluation);
    evaluation.spend(8);
    if (a.isNumber() && b.isNumber())
        return compareNumbers(a, b) == -1;
    if (a.is(Kind::String) && b.is(Kind::String)) {
        evaluation.spend(std::min(a.text().size(), b.text().size()) / 16);
        return a.bytes() < b.bytes(); // the order of UTF-8 is that of code points
    }
    const bool lists = a.is(Kind::Sequence) && b.is(Kind::Sequence) &&
                       a.sequence().shape == b.sequence().shape &&
                       (a.sequence().shape == Shape::List || a.sequence().shape == Shape::Tuple);
    if (!lists)
        evaluation.fail("Two values that have no order are compared", "two numbers, texts or lists",
                        describe(a) + " and " + describe(b));
    const std::vector<Value> &x = a.sequence().items, &y = b.sequence().items;
    for (std::size_t i = 0; i < x.size() && i < y.size(); ++i) {
        if (!equal(evaluation, x[i], y[i]))
            return less(evaluation, x[i], y[i]);
    }
    return x.size() < y.size();
}

bool contains(Evaluation &evaluation, const Value &container, const Value &item)
{
    switch (container.kind()) {
    case Kind::Undefined:
        return false;
    case Kind::String:
        if (!item.is(Kind::String))
            evaluation.fail("Only text can be in a text", "text", describe(item));
        evaluation.spend(container.text().size());
        return container.bytes().find(item.bytes()) != std::string_view::npos;
    case Kind::Dict:
        return find(evaluation, container, item) != nullptr;
    case Kind::Sequence: {
        const auto sequence = container.sharedSequence();
        while (sequence->shape == Shape::Iterator && sequence->next < sequence->items.size()) {
            if (equal(evaluation, sequence->items[sequence->next++], item))
                return true;
        }
        if (sequence->shape == Shape::Iterator)
            return false;
        return std::any_of(sequence->items.begin(), sequence->items.end(),
                           [&](const Value &other) { return equal(evaluation, other, item); });
    }
    default:
        evaluation.fail("Something is looked for in a value that holds nothing", "a list, text or dict",
                        describe(container));
    }
}

} // namespace inference::jinja
