// Tables of the languages that look like C.
#include "app/syntax/language.h"

namespace app::syntax {

namespace {

const QVector<CommentRule> kSlashComments = {{"//"}, {"/*", "*/"}};
const QVector<CommentRule> kNestedComments = {{"//"}, {"/*", "*/", true}};

const StringRule kDouble{"\"", "\"", kEscapes};
const StringRule kDoublePercent{"\"", "\"", kEscapes, Fields::Percent};
const StringRule kSingleQuoted{"'", "'", kEscapes};
const StringRule kCharacter{"'", "'", kEscapes | kSingle};
const StringRule kTemplate{"`", "`", kEscapes | kMultiLine, Fields::DollarBrace};

constexpr const char *kCKeywords =
    "auto break case const continue default do else enum extern for goto if inline register restrict return "
    "sizeof "
    "static struct switch typedef union volatile while _Alignas _Alignof _Atomic _Bool _Complex _Generic "
    "_Noreturn "
    "_Static_assert _Thread_local alignas alignof static_assert thread_local typeof constexpr";
constexpr const char *kCTypes = "void char short int long float double signed unsigned bool size_t ssize_t "
                                "ptrdiff_t intptr_t uintptr_t int8_t "
                                "int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t FILE va_list "
                                "wchar_t char8_t char16_t char32_t off_t "
                                "time_t pid_t";
constexpr const char *kCppKeywords = "alignas alignof and and_eq asm auto bitand bitor break case catch "
                                     "class compl concept const consteval constexpr "
                                     "constinit const_cast continue co_await co_return co_yield decltype "
                                     "default delete do dynamic_cast else enum "
                                     "explicit export extern final for friend goto if import inline module "
                                     "mutable namespace new noexcept not not_eq "
                                     "operator or or_eq override private protected public register "
                                     "reinterpret_cast requires return sizeof static "
                                     "static_assert static_cast struct switch template this thread_local "
                                     "throw try typedef typeid typename union using "
                                     "virtual volatile while xor xor_eq __global__ __device__ __host__ "
                                     "__shared__ __restrict__ __forceinline__ "
                                     "__constant__ __launch_bounds__";
constexpr const char *kCppTypes = "void char short int long float double signed unsigned bool size_t ssize_t "
                                  "ptrdiff_t intptr_t uintptr_t int8_t "
                                  "int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t wchar_t "
                                  "char8_t char16_t char32_t std string wstring "
                                  "string_view vector map set unordered_map unordered_set optional variant "
                                  "pair tuple array deque list queue stack "
                                  "span function unique_ptr shared_ptr weak_ptr chrono filesystem thread "
                                  "mutex atomic ostream istream nullptr_t "
                                  "dim3 half float2 float4 int2 int4";

constexpr const char *kJsKeywords = "as async await break case catch class const continue debugger default "
                                    "delete do else export extends finally for "
                                    "from function get if import in instanceof let new of return set static "
                                    "super switch this throw try typeof var "
                                    "void while with yield";
constexpr const char *kTsKeywords =
    "abstract any as asserts async await break case catch class const constructor continue debugger declare "
    "default "
    "delete do else enum export extends finally for from function get if implements import in infer "
    "instanceof "
    "interface is keyof let module namespace new of override private protected public readonly return "
    "satisfies set "
    "static super switch this throw try type typeof var void while with yield";

} // namespace

QVector<Language> cFamilyLanguages()
{
    QVector<Language> all;

    Language cpp{"cpp", "C++", "c++ cxx cuda cu objc objective-c objectivec arduino ino qt",
                 "cpp h hpp cc cxx hh hxx cu cuh ipp tpp inl ino mm"};
    cpp.features = kHashDirectives | kDoubleBrackets | kCppRaw | kUpperTypes | kTickSeparators;
    cpp.keywords = kCppKeywords;
    cpp.types = kCppTypes;
    cpp.constants = "true false nullptr NULL";
    cpp.typeIntroducers = "class struct enum union namespace new typename concept";
    cpp.comments = kSlashComments;
    cpp.strings = {kDoublePercent,
                   kSingleQuoted,
                   {"\"", "\"", kEscapes, Fields::Percent, "L u8 u U"},
                   {"'", "'", kEscapes, Fields::None, "L u8 u U"}};
    all.append(cpp);

    Language c{"c", "C", "c89 c99 c11 c17 c23", "c"};
    c.features = kHashDirectives | kTickSeparators;
    c.keywords = kCKeywords;
    c.types = kCTypes;
    c.constants = "true false NULL nullptr EOF stdin stdout stderr";
    c.typeIntroducers = "struct enum union";
    c.comments = kSlashComments;
    c.strings = {kDoublePercent,
                 kSingleQuoted,
                 {"\"", "\"", kEscapes, Fields::Percent, "L u8 u U"},
                 {"'", "'", kEscapes, Fields::None, "L u8 u U"}};
    all.append(c);

    Language csharp{"csharp", "C#", "c# cs dotnet", "cs csx"};
    csharp.features = kHashDirectives | kLineAttributes | kQuoteRaw | kUpperTypes;
    csharp.keywords = "abstract add as async await base break case catch checked class const continue "
                      "default delegate do else enum "
                      "event explicit extern finally fixed for foreach from get global goto group if "
                      "implicit in init interface "
                      "internal into is join let lock nameof namespace new operator orderby out override "
                      "params partial private "
                      "protected public readonly record ref remove required return sealed select set sizeof "
                      "stackalloc static "
                      "struct switch this throw try typeof unchecked unsafe using var virtual volatile when "
                      "where while with yield";
    csharp.types =
        "bool byte char decimal double dynamic float int long nint nuint object sbyte short string uint "
        "ulong ushort void";
    csharp.constants = "true false null";
    csharp.typeIntroducers = "class struct enum interface record new namespace";
    csharp.comments = kSlashComments;
    csharp.strings = {{"$@\"", "\"", kDoubled | kMultiLine, Fields::Brace},
                      {"@$\"", "\"", kDoubled | kMultiLine, Fields::Brace},
                      {"@\"", "\"", kDoubled | kMultiLine},
                      {"$\"", "\"", kEscapes, Fields::Brace},
                      kDouble,
                      kCharacter};
    all.append(csharp);

    Language java{"java", "Java", "jsh", "java"};
    java.features = kAnnotations | kUpperTypes;
    java.keywords =
        "abstract assert break case catch class const continue default do else enum exports extends final "
        "finally for "
        "goto if implements import instanceof interface module native new non-sealed package permits private "
        "protected public record requires return sealed static strictfp super switch synchronized this throw "
        "throws "
        "transient try var volatile when while yield";
    java.types = "boolean byte char double float int long short void";
    java.constants = "true false null";
    java.typeIntroducers = "class interface enum record new";
    java.nameCharacters = "$";
    java.comments = kSlashComments;
    java.strings = {{"\"\"\"", "\"\"\"", kEscapes | kMultiLine}, kDoublePercent, kCharacter};
    all.append(java);

    Language js{"javascript", "JavaScript", "js jsx node mjs react", "js mjs cjs jsx"};
    js.features = kAnnotations | kSlashRegex | kUpperTypes;
    js.keywords = kJsKeywords;
    js.types = "Array Boolean Date Error Map Number Object Promise RegExp Set String Symbol WeakMap BigInt "
               "JSON Math";
    js.constants = "true false null undefined NaN Infinity";
    js.functionIntroducers = "function";
    js.typeIntroducers = "class new extends";
    js.nameCharacters = "$";
    js.comments = kSlashComments;
    js.strings = {kDouble, kSingleQuoted, kTemplate};
    all.append(js);

    Language ts = js;
    ts.id = "typescript";
    ts.name = "TypeScript";
    ts.aliases = "ts tsx";
    ts.suffixes = "ts tsx mts cts";
    ts.keywords = kTsKeywords;
    ts.types = "any bigint boolean never null number object string symbol undefined unknown void Array "
               "Record Partial "
               "Promise Readonly Map Set";
    ts.constants = "true false null undefined NaN Infinity";
    ts.typeIntroducers = "class new extends interface enum type implements";
    all.append(ts);

    Language go{"go", "Go", "golang", "go"};
    go.features = kUpperTypes;
    go.keywords =
        "break case chan const continue default defer else fallthrough for func go goto if import interface "
        "map package range return select struct switch type var";
    go.types =
        "any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune "
        "string uint uint8 uint16 uint32 uint64 uintptr";
    go.constants = "true false nil iota";
    go.functionIntroducers = "func";
    go.typeIntroducers = "type";
    go.comments = kSlashComments;
    go.strings = {kDoublePercent, kCharacter, {"`", "`", kMultiLine}};
    all.append(go);

    Language rust{"rust", "Rust", "rs", "rs"};
    rust.features = kHashAttributes | kMacroBang | kHashRaw | kUpperTypes | kLifetimes;
    rust.keywords =
        "as async await break const continue crate dyn else enum extern fn for if impl in let loop match "
        "mod move mut pub ref return self static struct super trait type union unsafe use where while "
        "macro_rules yield";
    rust.types =
        "bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize Self String Vec Option "
        "Result Box Rc Arc HashMap HashSet";
    rust.constants = "true false None";
    rust.functionIntroducers = "fn";
    rust.typeIntroducers = "struct enum trait type union mod";
    rust.comments = kNestedComments;
    rust.strings = {{"\"", "\"", kEscapes | kMultiLine, Fields::Brace},
                    kCharacter,
                    {"\"", "\"", kEscapes | kMultiLine, Fields::None, "b c"},
                    {"'", "'", kEscapes | kSingle, Fields::None, "b"}};
    all.append(rust);

    Language swift{"swift", "Swift", "", "swift"};
    swift.features = kHashDirectives | kAnnotations | kSwiftRaw | kUpperTypes;
    swift.keywords = "actor any as associatedtype async await break case catch class continue convenience "
                     "default defer deinit didSet "
                     "do else enum extension fallthrough fileprivate final for func get guard if import in "
                     "indirect infix init inout "
                     "internal is isolated lazy let mutating nonisolated open operator override postfix "
                     "prefix private protocol public "
                     "repeat required rethrows return self set some static struct subscript super switch "
                     "throw throws try typealias "
                     "unowned var weak where while willSet";
    swift.types =
        "Any AnyObject Array Bool Character Dictionary Double Error Float Int Int32 Int64 Never Optional "
        "Self Set String UInt UInt8 Void";
    swift.constants = "true false nil";
    swift.functionIntroducers = "func";
    swift.typeIntroducers = "class struct enum protocol extension actor typealias associatedtype";
    swift.comments = kNestedComments;
    swift.strings = {{"\"\"\"", "\"\"\"", kEscapes | kMultiLine, Fields::BackslashParen},
                     {"\"", "\"", kEscapes, Fields::BackslashParen}};
    all.append(swift);

    Language kotlin{"kotlin", "Kotlin", "kt kts", "kt kts"};
    kotlin.features = kAnnotations | kUpperTypes;
    kotlin.keywords = "abstract actual annotation as break by catch class companion const constructor "
                      "continue crossinline data do else "
                      "enum expect external final finally for fun get if import in infix init inline inner "
                      "interface internal is "
                      "lateinit noinline object open operator out override package private protected public "
                      "reified return sealed set "
                      "super suspend tailrec this throw try typealias val value var vararg when where while";
    kotlin.types = "Any Array Boolean Byte Char Double Float Int List Long Map Nothing Set Short String Unit";
    kotlin.constants = "true false null";
    kotlin.functionIntroducers = "fun";
    kotlin.typeIntroducers = "class interface object typealias";
    kotlin.comments = kNestedComments;
    kotlin.strings = {{"\"\"\"", "\"\"\"", kMultiLine, Fields::DollarName},
                      {"\"", "\"", kEscapes, Fields::DollarName},
                      kCharacter};
    all.append(kotlin);

    Language scala{"scala", "Scala", "", "scala sc sbt"};
    scala.features = kAnnotations | kUpperTypes;
    scala.keywords = "abstract case catch class def derives do else end enum export extends extension final "
                     "finally for given if "
                     "implicit import infix inline lazy match new object opaque override package private "
                     "protected return sealed super "
                     "then this throw trait transparent try type using val var while with yield";
    scala.types =
        "Any AnyRef Array Boolean Byte Char Double Either Float Future Int List Long Map Nothing Option Seq "
        "Set Short String Unit Vector";
    scala.constants = "true false null None";
    scala.functionIntroducers = "def";
    scala.typeIntroducers = "class object trait type enum new";
    scala.comments = kNestedComments;
    scala.strings = {{"\"\"\"", "\"\"\"", kMultiLine, Fields::DollarName, "s f"},
                     {"\"", "\"", kEscapes, Fields::DollarName, "s f"},
                     {"\"\"\"", "\"\"\"", kMultiLine},
                     {"\"\"\"", "\"\"\"", kMultiLine, Fields::None, "raw"},
                     kDouble,
                     kCharacter};
    all.append(scala);

    Language dart{"dart", "Dart", "flutter", "dart"};
    dart.features = kAnnotations | kUpperTypes;
    dart.keywords = "abstract as assert async await base break case catch class const continue covariant "
                    "default deferred do else "
                    "enum export extends extension external factory final finally for get hide if implements "
                    "import in interface is "
                    "late library mixin new on operator part required rethrow return sealed set show static "
                    "super switch sync this "
                    "throw try typedef var when while with yield";
    dart.types =
        "bool double dynamic int num void String List Map Set Future Stream Object Iterable Never Widget";
    dart.constants = "true false null";
    dart.typeIntroducers = "class enum mixin extension new extends";
    dart.comments = kNestedComments;
    dart.strings = {{"\"\"\"", "\"\"\"", kEscapes | kMultiLine, Fields::DollarName},
                    {"'''", "'''", kEscapes | kMultiLine, Fields::DollarName},
                    {"\"", "\"", kEscapes, Fields::DollarName},
                    {"'", "'", kEscapes, Fields::DollarName},
                    {"\"", "\"", 0, Fields::None, "r"},
                    {"'", "'", 0, Fields::None, "r"}};
    all.append(dart);

    Language php{"php", "PHP", "php3 php4 php5 php7 php8", "php phtml"};
    php.features = kPhpHereDocs | kPhpTags | kHashAttributes | kUpperTypes | kNoCase;
    php.keywords = "abstract and array as break callable case catch class clone const continue declare "
                   "default do echo else elseif "
                   "empty enddeclare endfor endforeach endif endswitch endwhile enum exit extends final "
                   "finally fn for foreach "
                   "function global goto if implements include include_once instanceof insteadof interface "
                   "isset list match "
                   "namespace new or parent print private protected public readonly require require_once "
                   "return self static switch "
                   "throw trait try unset use var while xor yield";
    php.types = "bool boolean float int integer iterable mixed never object string void";
    php.constants = "true false null __LINE__ __FILE__ __DIR__ PHP_EOL";
    php.functionIntroducers = "function";
    php.typeIntroducers = "class interface trait enum new extends implements";
    php.nameCharacters = "$";
    php.comments = {{"//"}, {"#"}, {"/*", "*/"}};
    php.strings = {{"\"", "\"", kEscapes | kMultiLine, Fields::BraceDollar},
                   {"'", "'", kEscapes | kMultiLine}};
    all.append(php);

    Language zig{"zig", "Zig", "", "zig zon"};
    zig.features = kAnnotations | kUpperTypes;
    zig.keywords =
        "align allowzero and anyframe anytype asm async await break callconv catch comptime const continue "
        "defer else enum errdefer error export extern fn for if inline linksection noalias noinline "
        "nosuspend opaque or orelse packed pub resume return struct suspend switch test threadlocal try "
        "union unreachable usingnamespace var volatile while";
    zig.types =
        "anyerror anyopaque bool comptime_float comptime_int f16 f32 f64 f128 i8 i16 i32 i64 i128 isize "
        "noreturn type u8 u16 u32 u64 u128 usize void";
    zig.constants = "true false null undefined";
    zig.functionIntroducers = "fn";
    zig.comments = {{"//"}};
    zig.strings = {kDouble, kCharacter};
    all.append(zig);
    return all;
}

} // namespace app::syntax
