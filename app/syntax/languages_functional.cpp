// Tables of the functional languages.
#include "app/syntax/language.h"

namespace app::syntax {

QVector<Language> functionalLanguages()
{
    QVector<Language> all;

    Language haskell{"haskell", "Haskell", "hs lhs", "hs lhs"};
    haskell.features = kUpperTypes | kNoCalls | kDotKeywords;
    haskell.keywords =
        "as case class data default deriving do else family forall foreign hiding if import in infix infixl "
        "infixr instance let mdo module newtype of qualified rec then type where";
    haskell.constants = "True False Nothing otherwise";
    haskell.nameCharacters = "'";
    haskell.comments = {{"{-", "-}", true}, {"--"}};
    haskell.strings = {{"\"", "\"", kEscapes}, {"'", "'", kEscapes | kSingle}};
    all.append(haskell);

    Language ocaml{"ocaml", "OCaml", "ml fsharp f# fs", "ml mli fs fsx"};
    ocaml.features = kUpperTypes | kNoCalls | kLifetimes;
    ocaml.keywords =
        "and as assert begin class constraint do done downto else end exception external for fun function "
        "functor if in include inherit initializer lazy let match method module mutable new nonrec object of "
        "open or private rec sig struct then to try type val virtual when while with";
    ocaml.types = "array bool bytes char exn float int list option result string unit";
    ocaml.constants = "true false None";
    ocaml.nameCharacters = "'";
    ocaml.comments = {{"(*", "*)", true}, {"//"}};
    ocaml.strings = {{"\"", "\"", kEscapes | kMultiLine, Fields::Percent}, {"'", "'", kEscapes | kSingle}};
    all.append(ocaml);

    Language elixir{"elixir", "Elixir", "ex exs iex", "ex exs"};
    elixir.features = kAnnotations | kSymbols | kUpperTypes;
    elixir.keywords =
        "after alias and case catch cond def defguard defimpl defmacro defmodule defp defprotocol defstruct "
        "do "
        "else end fn for if import in not or quote raise receive require rescue try unless unquote use when "
        "with";
    elixir.constants = "true false nil";
    elixir.functionIntroducers = "def defp defmacro";
    elixir.typeIntroducers = "defmodule";
    elixir.nameCharacters = "?!";
    elixir.comments = {{"#"}};
    elixir.strings = {{"\"\"\"", "\"\"\"", kEscapes | kMultiLine, Fields::HashBrace},
                      {"\"", "\"", kEscapes | kMultiLine, Fields::HashBrace},
                      {"'", "'", kEscapes, Fields::HashBrace}};
    all.append(elixir);
    return all;
}

} // namespace app::syntax
