// Tables of query, markup, data and build languages.
#include "app/syntax/language.h"

namespace app::syntax {

QVector<Language> dataLanguages()
{
    QVector<Language> all;

    Language sql{"sql", "SQL", "mysql postgres postgresql plpgsql sqlite tsql psql", "sql ddl"};
    sql.features = kNoCase;
    sql.keywords = "add all alter analyze and as asc autoincrement begin between by cascade case check "
                   "column commit conflict "
                   "constraint create cross current_date current_time current_timestamp database declare "
                   "default delete desc distinct "
                   "do drop else end except exists explain fetch filter for foreign from full function grant "
                   "group having if ignore in "
                   "index inner insert intersect into is join key left like limit materialized natural not "
                   "nothing of offset on or "
                   "order outer over partition pragma primary procedure recursive references replace "
                   "restrict returning returns "
                   "revoke right rollback row rows savepoint select set table temporary then to transaction "
                   "trigger truncate union "
                   "unique update using vacuum values view virtual when where window with without";
    sql.types = "bigint binary bit blob bool boolean bytea char character date datetime decimal double float "
                "int integer "
                "interval json jsonb money numeric nvarchar real serial smallint text time timestamp "
                "timestamptz tinyint "
                "uuid varchar";
    sql.constants = "true false null";
    sql.functions = "abs avg coalesce count lower max min now round sum upper";
    sql.comments = {{"--"}, {"/*", "*/", true}};
    sql.strings = {
        {"'", "'", kDoubled | kMultiLine}, {"\"", "\"", kDoubled}, {"`", "`", 0}, {"$$", "$$", kMultiLine}};
    all.append(sql);

    Language html{"html", "HTML", "htm xhtml html5 vue svelte django jinja jinja2",
                  "html htm xhtml vue svelte"};
    html.structure = Structure::Markup;
    html.nameCharacters = "-:.";
    html.comments = {{"<!--", "-->"}};
    html.strings = {{"\"", "\"", kMultiLine}, {"'", "'", kMultiLine}};
    all.append(html);

    Language xml = html;
    xml.id = "xml";
    xml.name = "XML";
    xml.aliases = "svg xsd xslt rss plist qrc ui";
    xml.suffixes = "xml svg xsd xsl xslt plist qrc ui ts_xml csproj";
    all.append(xml);

    Language css{"css", "CSS", "css3", "css"};
    css.structure = Structure::Css;
    css.nameCharacters = "-";
    css.comments = {{"/*", "*/"}};
    css.strings = {{"\"", "\"", kEscapes}, {"'", "'", kEscapes}};
    all.append(css);

    Language scss = css;
    scss.id = "scss";
    scss.name = "SCSS";
    scss.aliases = "sass less";
    scss.suffixes = "scss sass less";
    scss.comments = {{"/*", "*/"}, {"//"}};
    all.append(scss);

    Language json{"json", "JSON", "jsonc json5 jsonl ndjson geojson ipynb",
                  "json jsonc json5 jsonl ipynb webmanifest"};
    json.features = kKeysBeforeColon;
    json.constants = "true false null";
    json.comments = {{"//"}, {"/*", "*/"}};
    json.strings = {{"\"", "\"", kEscapes}};
    all.append(json);

    Language yaml{"yaml", "YAML", "yml", "yaml yml"};
    yaml.structure = Structure::Yaml;
    yaml.constants = "true false null yes no on off True False ~";
    yaml.strings = {{"\"", "\"", kEscapes | kMultiLine}, {"'", "'", kDoubled | kMultiLine}};
    all.append(yaml);

    Language toml{"toml", "TOML", "", "toml"};
    toml.features = kKeysBeforeEquals | kSections;
    toml.constants = "true false inf nan";
    toml.comments = {{"#"}};
    toml.strings = {{"\"\"\"", "\"\"\"", kEscapes | kMultiLine},
                    {"'''", "'''", kMultiLine},
                    {"\"", "\"", kEscapes},
                    {"'", "'", 0}};
    all.append(toml);

    Language ini{"ini", "INI", "cfg conf config properties dosini editorconfig desktop systemd",
                 "ini cfg conf properties desktop service"};
    ini.features = kKeysBeforeEquals | kSections;
    ini.constants = "true false yes no on off";
    ini.comments = {{"#", nullptr, false, true}, {";", nullptr, false, true}};
    ini.strings = {{"\"", "\"", kEscapes}};
    all.append(ini);

    Language markdown{"markdown", "Markdown", "md mdown mkd mdx", "md markdown mdx"};
    markdown.structure = Structure::Markdown;
    all.append(markdown);

    Language dockerfile{"dockerfile", "Dockerfile", "docker containerfile", "dockerfile"};
    dockerfile.features = kLineKeywords | kDollarVariables | kNoCalls | kNoCase;
    dockerfile.keywords =
        "add arg cmd copy entrypoint env expose from healthcheck label maintainer onbuild run shell "
        "stopsignal user volume workdir";
    dockerfile.nameCharacters = "-";
    dockerfile.comments = {{"#", nullptr, false, true}};
    dockerfile.strings = {{"\"", "\"", kEscapes, Fields::Shell}, {"'", "'", 0}};
    all.append(dockerfile);

    Language cmake{"cmake", "CMake", "cmakelists", "cmake"};
    cmake.features = kDollarVariables | kNoCase;
    cmake.keywords =
        "if elseif else endif foreach endforeach while endwhile function endfunction macro endmacro return "
        "break continue and or not strequal matches in lists items defined exists version_less "
        "version_greater_equal target command include";
    cmake.constants =
        "true false on off public private interface required components static shared module imported "
        "force cache internal string bool path parent_scope";
    cmake.comments = {{"#[[", "]]"}, {"#"}};
    cmake.strings = {{"\"", "\"", kEscapes | kMultiLine, Fields::Shell}};
    all.append(cmake);

    Language make{"makefile", "Makefile", "make mk gmake mf", "mk make mak"};
    make.features = kDollarVariables | kMakeTargets | kNoCalls;
    make.keywords =
        "ifeq ifneq ifdef ifndef else endif include -include define endef export unexport override vpath";
    make.nameCharacters = "-.";
    make.comments = {{"#", nullptr, false, true}};
    make.strings = {{"\"", "\"", kEscapes, Fields::Shell}, {"'", "'", 0}};
    all.append(make);

    Language diff{"diff", "Diff", "patch udiff", "diff patch"};
    diff.structure = Structure::Diff;
    all.append(diff);

    Language text{"text", "Plain text", "txt plain plaintext plain_text none output log", "txt text log"};
    text.structure = Structure::Plain;
    all.append(text);
    return all;
}

} // namespace app::syntax
