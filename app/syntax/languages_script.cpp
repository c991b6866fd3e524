// Tables of the scripting languages.
#include "app/syntax/language.h"

namespace app::syntax {

namespace {

// Python's string forms: each quote with and without a prefix.
QVector<StringRule> pythonStrings()
{
    QVector<StringRule> rules;
    for (const char *quote : {"\"\"\"", "'''", "\"", "'"}) {
        const quint8 lines = quote[1] ? kMultiLine : 0;
        rules.append({quote, quote, quint8(kEscapes | lines)});
        rules.append({quote, quote, quint8(kEscapes | lines), Fields::None, "b u"});
        // A raw string keeps its backslashes, but one still takes the quote after it.
        rules.append({quote, quote, quint8(kEscapes | lines), Fields::None, "r br rb"});
        rules.append({quote, quote, quint8(kEscapes | lines), Fields::Brace, "f fr rf t"});
    }
    return rules;
}

} // namespace

QVector<Language> scriptLanguages()
{
    QVector<Language> all;

    Language python{"python", "Python", "py py3 python3 pycon ipython cython", "py pyw pyi pyx"};
    python.features = kAnnotations | kUpperTypes;
    python.keywords =
        "and as assert async await break case class continue def del elif else except finally for from "
        "global if import in is lambda match nonlocal not or pass raise return try while with yield";
    python.types =
        "bool bytearray bytes complex dict float frozenset int list object set str tuple type Any Callable "
        "Dict Iterable Iterator List Optional Sequence Tuple Union";
    python.constants = "True False None NotImplemented Ellipsis __name__ self cls";
    python.functionIntroducers = "def";
    python.typeIntroducers = "class";
    python.comments = {{"#"}};
    python.strings = pythonStrings();
    all.append(python);

    Language ruby{"ruby", "Ruby", "rb irb rails", "rb rake gemspec ru"};
    ruby.features = kShellHereDocs | kSymbols | kPercentStrings | kSlashRegex | kUpperTypes;
    ruby.keywords =
        "BEGIN END alias and begin break case class def defined? do else elsif end ensure for if in module "
        "next not or redo rescue retry return self super then undef unless until when while yield "
        "attr_accessor attr_reader attr_writer extend include lambda loop prepend private proc protected "
        "public raise require require_relative";
    ruby.constants = "true false nil __FILE__ __LINE__";
    ruby.functions = "puts print p gets";
    ruby.functionIntroducers = "def";
    ruby.typeIntroducers = "class module";
    ruby.nameCharacters = "?!";
    ruby.comments = {{"#"}, {"=begin", "=end"}};
    ruby.strings = {{"\"", "\"", kEscapes | kMultiLine, Fields::HashBrace},
                    {"'", "'", kEscapes | kMultiLine},
                    {"`", "`", kEscapes | kMultiLine, Fields::HashBrace}};
    all.append(ruby);

    Language shell{"shell", "Shell", "sh bash zsh ksh dash console shellsession shell-session terminal fish",
                   "sh bash zsh ksh"};
    shell.features = kShellHereDocs | kDollarVariables;
    shell.keywords =
        "case coproc do done elif else esac exit export fi for function if in local readonly return select "
        "set shift source then time trap unset until while break continue declare typeset eval exec";
    shell.functions = "alias apt apt-get awk basename bc cat cd chmod chown cmake cp curl cut date diff "
                      "dirname docker echo env false "
                      "find gcc git grep gzip head hostname id kill ln ls make mkdir mktemp mv nohup npm pip "
                      "printf ps pwd python python3 "
                      "read realpath rm rmdir rsync scp sed seq sleep sort ssh stat sudo systemctl tail tar "
                      "tee test touch tr true type "
                      "uname uniq unzip wait wc wget which whoami xargs yes zip";
    shell.functionIntroducers = "function";
    shell.nameCharacters = "-";
    shell.comments = {{"#", nullptr, false, true}};
    shell.strings = {{"$'", "'", kEscapes | kMultiLine},
                     {"$\"", "\"", kEscapes | kMultiLine, Fields::Shell},
                     {"\"", "\"", kEscapes | kMultiLine, Fields::Shell},
                     {"'", "'", kMultiLine}};
    all.append(shell);

    Language powershell{"powershell", "PowerShell", "ps1 pwsh posh", "ps1 psm1 psd1"};
    powershell.features = kDollarVariables | kNoCase;
    powershell.keywords =
        "begin break catch class continue data do dynamicparam else elseif end enum exit filter finally "
        "for foreach from function hidden if in param process return static switch throw trap try until "
        "using while and or not eq ne gt lt ge le like match";
    powershell.constants = "true false null";
    powershell.functions =
        "get-childitem get-content get-item get-process get-service import-module invoke-webrequest "
        "new-item new-object out-file remove-item select-object set-content set-location sort-object "
        "where-object foreach-object write-host write-output write-error test-path join-path";
    powershell.functionIntroducers = "function";
    powershell.nameCharacters = "-";
    powershell.comments = {{"<#", "#>"}, {"#"}};
    powershell.strings = {{"@\"", "\"@", kMultiLine, Fields::Shell},
                          {"@'", "'@", kMultiLine},
                          {"\"", "\"", kDoubled | kMultiLine, Fields::Shell},
                          {"'", "'", kDoubled | kMultiLine}};
    all.append(powershell);

    Language lua{"lua", "Lua", "luau", "lua"};
    lua.features = kLongBrackets;
    lua.keywords =
        "and break do else elseif end for function goto if in local not or repeat return then until while";
    lua.constants = "true false nil self _G";
    lua.functionIntroducers = "function";
    lua.comments = {{"--"}};
    lua.strings = {{"\"", "\"", kEscapes}, {"'", "'", kEscapes}};
    all.append(lua);

    Language perl{"perl", "Perl", "pl pm", "pl pm t"};
    perl.features = kShellHereDocs | kDollarVariables;
    perl.keywords = "and cmp continue do else elsif eq foreach for ge goto gt if last le local lt my ne next "
                    "no not or our "
                    "package redo require return state sub unless until use while xor";
    perl.functions =
        "bless chomp close defined delete die each exists grep join keys length lc map open pop print printf "
        "push ref reverse say scalar shift sort split sprintf substr uc unshift values wantarray warn";
    perl.functionIntroducers = "sub";
    perl.typeIntroducers = "package";
    perl.comments = {{"#", nullptr, false, true}, {"=pod", "=cut"}, {"=head1", "=cut"}};
    perl.strings = {{"\"", "\"", kEscapes | kMultiLine, Fields::Shell}, {"'", "'", kEscapes | kMultiLine}};
    all.append(perl);

    Language r{"r", "R", "rscript rlang", "r rmd"};
    r.keywords = "break else for function if in next repeat return while library require";
    r.types = "character complex data.frame factor integer list logical matrix numeric";
    r.constants = "TRUE FALSE NULL NA NA_integer_ NA_real_ NaN Inf T F";
    r.nameCharacters = ".";
    r.comments = {{"#"}};
    r.strings = {{"\"", "\"", kEscapes | kMultiLine},
                 {"'", "'", kEscapes | kMultiLine},
                 {"\"(", ")\"", kMultiLine, Fields::None, "r"}};
    all.append(r);

    Language julia{"julia", "Julia", "jl", "jl"};
    julia.features = kAnnotations | kUpperTypes | kSymbols;
    julia.keywords =
        "abstract baremodule begin break catch const continue do else elseif end export finally for function "
        "global if import in isa let local macro module mutable primitive quote return struct try type using "
        "where while";
    julia.constants = "true false nothing missing Inf NaN pi";
    julia.functionIntroducers = "function macro";
    julia.typeIntroducers = "struct module";
    julia.nameCharacters = "!";
    julia.comments = {{"#=", "=#", true}, {"#"}};
    julia.strings = {{"\"\"\"", "\"\"\"", kEscapes | kMultiLine, Fields::DollarName},
                     {"\"", "\"", kEscapes, Fields::DollarName},
                     {"\"", "\"", kEscapes, Fields::None, "r raw b"},
                     {"'", "'", kEscapes | kSingle}};
    all.append(julia);
    return all;
}

} // namespace app::syntax
