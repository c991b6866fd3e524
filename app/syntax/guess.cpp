// guessLanguage(): weighted cues that a language has and prose has not, plus the shape of data formats.
#include "app/syntax/language.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <array>

namespace app::syntax {

namespace {

enum class Where : quint8 {
    Line, // at the start of a line, after white space
    Word, // with no letter or digit on either side
    Part, // anywhere
    End   // at the end of a line
};

struct Cue
{
    const char *language;
    Where where;
    const char *text;
    int weight;
};

constexpr int kEnough = 5;             // below it the text may be anything
constexpr qsizetype kMostRead = 16000; // UTF-16 units

// A second hit of the same cue counts half of the first, further ones nothing.
constexpr Cue kCues[] = {
    {"c", Where::Part, "#include <std", 5},
    {"c", Where::Line, "#include \"", 4},
    {"c", Where::Line, "#include <", 3},
    {"c", Where::Line, "#define ", 4},
    {"c", Where::Line, "#ifndef ", 3},
    {"c", Where::Word, "int main(", 4},
    {"c", Where::Part, "printf(\"", 2},
    {"c", Where::Word, "malloc(", 4},
    {"c", Where::Word, "sizeof(", 3},
    {"c", Where::Line, "typedef struct", 5},
    {"c", Where::Part, "char *", 3},
    {"c", Where::Part, "void *", 3},
    {"c", Where::Part, "->", 1},
    {"c", Where::Line, "static int ", 3},
    {"c", Where::Line, "for (int ", 2},
    {"c", Where::Line, "unsigned ", 2},
    {"c", Where::Word, "size_t", 2},
    {"c", Where::Line, "int ", 1},
    {"c", Where::Line, "void ", 1},
    {"c", Where::Line, "struct ", 2},
    {"c", Where::End, ";", 1},
    {"cpp", Where::Part, "std::", 5},
    {"cpp", Where::Line, "#include <iostream>", 6},
    {"cpp", Where::Line, "#include <vector>", 6},
    {"cpp", Where::Line, "#include <string>", 6},
    {"cpp", Where::Line, "#include <memory>", 6},
    {"cpp", Where::Part, "#include <Q", 6},
    {"cpp", Where::Line, "template <", 6},
    {"cpp", Where::Line, "template<", 6},
    {"cpp", Where::Line, "using namespace ", 6},
    {"cpp", Where::Word, "nullptr", 4},
    {"cpp", Where::Part, "cout <<", 5},
    {"cpp", Where::Line, "#pragma once", 4},
    {"cpp", Where::Word, "constexpr", 4},
    {"cpp", Where::Part, "static_cast<", 5},
    {"cpp", Where::Part, ") const {", 4},
    {"cpp", Where::End, ") const", 3},
    {"cpp", Where::Line, "public:", 4},
    {"cpp", Where::Line, "private:", 4},
    {"cpp", Where::Part, "const auto &", 4},
    {"cpp", Where::Part, "const auto& ", 4},
    {"cpp", Where::Part, "__global__ void", 6},
    {"cpp", Where::Part, "::", 1},
    {"cpp", Where::End, "};", 1},
    {"csharp", Where::Line, "using System", 7},
    {"csharp", Where::Part, "Console.Write", 6},
    {"csharp", Where::Part, "{ get; set; }", 6},
    {"csharp", Where::Part, "{ get; ", 4},
    {"csharp", Where::Line, "namespace ", 2},
    {"csharp", Where::Part, "static void Main(", 5},
    {"csharp", Where::Line, "public class ", 2},
    {"csharp", Where::Word, "async Task", 5},
    {"csharp", Where::Line, "foreach (var ", 4},
    {"csharp", Where::Part, "IEnumerable<", 4},
    {"csharp", Where::Part, "$\"", 2},
    {"csharp", Where::Word, "public string ", 2},
    {"csharp", Where::Line, "public record ", 3},
    {"java", Where::Part, "public static void main(String", 8},
    {"java", Where::Part, "System.out.print", 6},
    {"java", Where::Line, "import java", 7},
    {"java", Where::Line, "import org.", 4},
    {"java", Where::Line, "package ", 1},
    {"java", Where::Line, "@Override", 5},
    {"java", Where::Line, "public class ", 3},
    {"java", Where::Line, "private final ", 4},
    {"java", Where::Part, "new ArrayList<", 5},
    {"java", Where::Part, "List<String>", 3},
    {"java", Where::Word, "throws ", 2},
    {"java", Where::Word, "String ", 1},
    {"java", Where::Line, "public interface ", 3},
    {"javascript", Where::Line, "const ", 2},
    {"javascript", Where::Line, "let ", 1},
    {"javascript", Where::Part, " => {", 3},
    {"javascript", Where::Part, "=> ", 1},
    {"javascript", Where::Part, "console.log(", 6},
    {"javascript", Where::Part, "require('", 4},
    {"javascript", Where::Part, "module.exports", 6},
    {"javascript", Where::Line, "export default ", 5},
    {"javascript", Where::Line, "export const ", 5},
    {"javascript", Where::Line, "export function ", 5},
    {"javascript", Where::Part, " from '", 3},
    {"javascript", Where::Part, " from \"", 2},
    {"javascript", Where::Line, "function ", 2},
    {"javascript", Where::Line, "async function ", 4},
    {"javascript", Where::Part, "document.", 4},
    {"javascript", Where::Part, " === ", 3},
    {"javascript", Where::Word, "await ", 1},
    {"javascript", Where::Part, ".then(", 2},
    {"javascript", Where::Part, "addEventListener(", 4},
    {"javascript", Where::Word, "undefined", 2},
    {"javascript", Where::Part, "useState(", 5},
    {"typescript", Where::Part, ": string", 3},
    {"typescript", Where::Part, ": number", 3},
    {"typescript", Where::Part, ": boolean", 3},
    {"typescript", Where::Part, ": void {", 3},
    {"typescript", Where::Part, "Promise<", 4},
    {"typescript", Where::Line, "interface ", 3},
    {"typescript", Where::Line, "export interface ", 6},
    {"typescript", Where::Line, "export type ", 6},
    {"typescript", Where::Line, "import type ", 5},
    {"typescript", Where::Part, " as const", 5},
    {"typescript", Where::Word, "readonly ", 2},
    {"python", Where::Line, "def ", 3},
    {"python", Where::Line, "import ", 1},
    {"python", Where::Line, "from ", 1},
    {"python", Where::End, "):", 3},
    {"python", Where::Part, ") -> ", 1},
    {"python", Where::Part, "__name__ ==", 7},
    {"python", Where::Word, "self.", 2},
    {"python", Where::Line, "elif ", 4},
    {"python", Where::Line, "print(", 2},
    {"python", Where::Part, "print(f\"", 4},
    {"python", Where::Line, "async def ", 5},
    {"python", Where::Line, "import numpy", 6},
    {"python", Where::Line, "except ", 3},
    {"python", Where::Part, " in range(", 5},
    {"python", Where::Part, "(self", 4},
    {"python", Where::Word, "None", 1},
    {"python", Where::Word, "lambda ", 2},
    {"python", Where::Line, "with open(", 5},
    {"python", Where::Line, "@dataclass", 5},
    {"python", Where::Part, "__init__", 4},
    {"python", Where::Part, ">>> ", 3},
    {"go", Where::Line, "package main", 7},
    {"go", Where::Line, "package ", 2},
    {"go", Where::Line, "func (", 5},
    {"go", Where::Line, "func ", 2},
    {"go", Where::Part, " := ", 3},
    {"go", Where::Part, "fmt.", 4},
    {"go", Where::Part, "if err != nil", 7},
    {"go", Where::Word, "chan ", 2},
    {"go", Where::Line, "defer ", 2},
    {"go", Where::Line, "import (", 5},
    {"go", Where::Part, "[]string", 3},
    {"go", Where::Part, " struct {", 2},
    {"go", Where::Part, ") error {", 4},
    {"rust", Where::Line, "fn ", 3},
    {"rust", Where::Line, "pub fn ", 5},
    {"rust", Where::Part, "let mut ", 5},
    {"rust", Where::Part, "println!(", 6},
    {"rust", Where::Line, "impl ", 3},
    {"rust", Where::Line, "impl<", 4},
    {"rust", Where::Line, "use std::", 6},
    {"rust", Where::Part, "&mut ", 4},
    {"rust", Where::Part, "&str", 3},
    {"rust", Where::Part, "#[derive(", 6},
    {"rust", Where::Part, ".unwrap()", 4},
    {"rust", Where::Part, "&self", 4},
    {"rust", Where::Line, "pub struct ", 4},
    {"rust", Where::Part, " -> Result<", 4},
    {"rust", Where::Part, "vec![", 4},
    {"rust", Where::Line, "let ", 1},
    {"swift", Where::Line, "import Foundation", 7},
    {"swift", Where::Line, "import SwiftUI", 8},
    {"swift", Where::Line, "import UIKit", 8},
    {"swift", Where::Line, "guard let ", 6},
    {"swift", Where::Line, "if let ", 2},
    {"swift", Where::Line, "func ", 2},
    {"swift", Where::Part, ") -> ", 1},
    {"swift", Where::Line, "let ", 1},
    {"swift", Where::Line, "var ", 1},
    {"swift", Where::Part, "\\(", 2},
    {"swift", Where::Part, ": String", 1},
    {"swift", Where::Part, "(_ ", 3},
    {"swift", Where::Part, ": View {", 5},
    {"swift", Where::Line, "@State ", 4},
    {"kotlin", Where::Line, "fun ", 4},
    {"kotlin", Where::Line, "val ", 3},
    {"kotlin", Where::Line, "data class ", 6},
    {"kotlin", Where::Part, "println(", 2},
    {"kotlin", Where::Line, "override fun ", 6},
    {"kotlin", Where::Line, "private val ", 4},
    {"kotlin", Where::Line, "suspend fun ", 6},
    {"kotlin", Where::Line, "import android", 3},
    {"kotlin", Where::Line, "import kotlin", 7},
    {"kotlin", Where::Part, "?.let", 4},
    {"kotlin", Where::Part, ": Int", 1},
    {"kotlin", Where::Line, "when (", 3},
    {"scala", Where::Line, "object ", 3},
    {"scala", Where::Line, "case class ", 6},
    {"scala", Where::Line, "def ", 2},
    {"scala", Where::End, "= {", 1},
    {"scala", Where::Line, "val ", 2},
    {"scala", Where::Line, "import scala.", 7},
    {"scala", Where::Part, "extends App", 6},
    {"scala", Where::Part, ": Int =", 4},
    {"scala", Where::Part, ": Unit =", 5},
    {"scala", Where::Part, " match {", 4},
    {"scala", Where::Line, "case ", 1},
    {"dart", Where::Line, "import 'package:", 8},
    {"dart", Where::Line, "import 'dart:", 8},
    {"dart", Where::Part, "Widget build(", 7},
    {"dart", Where::Line, "void main()", 4},
    {"dart", Where::Line, "final ", 1},
    {"dart", Where::Part, "print('", 2},
    {"dart", Where::Word, "Future<", 3},
    {"php", Where::Part, "<?php", 12},
    {"php", Where::Part, "<?=", 8},
    {"php", Where::Line, "echo $", 4},
    {"php", Where::Part, "$this->", 6},
    {"php", Where::Line, "public function ", 5},
    {"php", Where::Part, "function ($", 3},
    {"php", Where::Part, "foreach ($", 6},
    {"php", Where::Part, "($", 1},
    {"ruby", Where::Line, "end", 1},
    {"ruby", Where::Line, "def ", 2},
    {"ruby", Where::Line, "puts ", 4},
    {"ruby", Where::Part, " do |", 5},
    {"ruby", Where::Line, "require '", 5},
    {"ruby", Where::Line, "require_relative ", 7},
    {"ruby", Where::Part, "attr_", 5},
    {"ruby", Where::Part, ".each ", 3},
    {"ruby", Where::Line, "unless ", 2},
    {"ruby", Where::Line, "elsif ", 2},
    {"ruby", Where::Part, "#{", 2},
    {"ruby", Where::Part, ".nil?", 4},
    {"ruby", Where::Line, "module ", 1},
    {"shell", Where::Line, "fi", 2},
    {"shell", Where::End, "; then", 4},
    {"shell", Where::Line, "done", 3},
    {"shell", Where::End, "; do", 4},
    {"shell", Where::Line, "esac", 4},
    {"shell", Where::Part, "if [ ", 4},
    {"shell", Where::Part, "if [[ ", 4},
    {"shell", Where::Line, "echo \"", 3},
    {"shell", Where::Line, "echo ", 1},
    {"shell", Where::Line, "export ", 1},
    {"shell", Where::Line, "sudo ", 5},
    {"shell", Where::Part, "apt-get install", 4},
    {"shell", Where::Part, "apt install ", 4},
    {"shell", Where::Line, "git clone ", 6},
    {"shell", Where::Line, "pip install ", 6},
    {"shell", Where::Line, "npm install", 6},
    {"shell", Where::Line, "curl -", 5},
    {"shell", Where::Line, "set -e", 6},
    {"shell", Where::Line, "cd ", 2},
    {"shell", Where::Line, "mkdir -p ", 5},
    {"shell", Where::Line, "chmod ", 4},
    {"shell", Where::Part, "| grep ", 5},
    {"shell", Where::Part, "| xargs ", 5},
    {"shell", Where::Part, "\"$1\"", 4},
    {"shell", Where::Part, "\"$@\"", 4},
    {"shell", Where::Part, "$(", 1},
    {"shell", Where::Part, " | awk ", 5},
    {"shell", Where::Line, "$ ", 2},
    {"shell", Where::Line, "cmake -", 5},
    {"shell", Where::Line, "docker run ", 6},
    {"powershell", Where::Part, "Write-Host ", 6},
    {"powershell", Where::Part, "Write-Output ", 6},
    {"powershell", Where::Part, "Get-ChildItem", 6},
    {"powershell", Where::Part, "Get-Process", 6},
    {"powershell", Where::Part, "| Where-Object", 6},
    {"powershell", Where::Part, "| ForEach-Object", 6},
    {"powershell", Where::Part, "$_.", 3},
    {"powershell", Where::Part, " -eq ", 1},
    {"powershell", Where::Line, "param(", 3},
    {"lua", Where::Line, "local function ", 7},
    {"lua", Where::Line, "local ", 3},
    {"lua", Where::End, " then", 2},
    {"lua", Where::Line, "end", 1},
    {"lua", Where::Part, " ~= ", 3},
    {"lua", Where::Part, "ipairs(", 5},
    {"lua", Where::Part, "pairs(", 3},
    {"lua", Where::Line, "elseif ", 1},
    {"lua", Where::Part, " .. ", 2},
    {"lua", Where::Line, "-- ", 1},
    {"perl", Where::Line, "use strict", 7},
    {"perl", Where::Line, "use warnings", 7},
    {"perl", Where::Line, "my $", 5},
    {"perl", Where::Line, "my @", 5},
    {"perl", Where::Line, "my %", 5},
    {"perl", Where::Line, "sub ", 2},
    {"perl", Where::Part, "=~ ", 2},
    {"perl", Where::Part, "@_", 3},
    {"r", Where::Part, " <- function(", 7},
    {"r", Where::Part, " <- ", 3},
    {"r", Where::Line, "library(", 6},
    {"r", Where::Part, "%>%", 5},
    {"r", Where::Part, "data.frame(", 5},
    {"r", Where::Part, "ggplot(", 6},
    {"r", Where::Part, "<- c(", 4},
    {"julia", Where::Line, "using ", 1},
    {"julia", Where::Line, "function ", 1},
    {"julia", Where::Line, "end", 1},
    {"julia", Where::Part, "println(", 1},
    {"julia", Where::Part, "::Float64", 5},
    {"julia", Where::Part, "::Int", 4},
    {"julia", Where::Line, "using LinearAlgebra", 7},
    {"julia", Where::Part, "1:n", 1},
    {"zig", Where::Part, "@import(\"", 8},
    {"zig", Where::Line, "pub fn ", 2},
    {"zig", Where::Line, "const std = ", 5},
    {"zig", Where::Part, "comptime ", 3},
    {"zig", Where::Part, ") !void", 6},
    {"haskell", Where::Part, " :: ", 4},
    {"haskell", Where::Line, "module Main where", 8},
    {"haskell", Where::Line, "import qualified ", 7},
    {"haskell", Where::Line, "import Data.", 5},
    {"haskell", Where::Line, "main = do", 6},
    {"haskell", Where::Part, " -> ", 1},
    {"haskell", Where::Part, " <- ", 1},
    {"haskell", Where::Word, "deriving ", 4},
    {"haskell", Where::Part, "putStrLn", 5},
    {"haskell", Where::Line, "where", 1},
    {"haskell", Where::Line, "instance ", 2},
    {"haskell", Where::Line, "data ", 1},
    {"ocaml", Where::Line, "let rec ", 7},
    {"ocaml", Where::Line, "let () =", 7},
    {"ocaml", Where::Line, "let ", 1},
    {"ocaml", Where::End, " with", 2},
    {"ocaml", Where::Line, "| ", 2},
    {"ocaml", Where::Part, ";;", 3},
    {"ocaml", Where::End, " in", 2},
    {"ocaml", Where::Part, "Printf.printf", 6},
    {"elixir", Where::Line, "defmodule ", 8},
    {"elixir", Where::Line, "defp ", 6},
    {"elixir", Where::Line, "def ", 1},
    {"elixir", Where::Part, "|> ", 3},
    {"elixir", Where::Part, "IO.puts", 6},
    {"elixir", Where::End, " do", 1},
    {"sql", Where::Line, "SELECT ", 3},
    {"sql", Where::Word, "FROM ", 2},
    {"sql", Where::Word, "WHERE ", 2},
    {"sql", Where::Line, "INSERT INTO ", 6},
    {"sql", Where::Line, "CREATE TABLE ", 7},
    {"sql", Where::Line, "CREATE INDEX ", 7},
    {"sql", Where::Line, "create table ", 6},
    {"sql", Where::Line, "insert into ", 4},
    {"sql", Where::Line, "select * from ", 6},
    {"sql", Where::Line, "DELETE FROM ", 6},
    {"sql", Where::Line, "ALTER TABLE ", 6},
    {"sql", Where::Part, " JOIN ", 3},
    {"sql", Where::Word, "GROUP BY ", 4},
    {"sql", Where::Word, "ORDER BY ", 3},
    {"sql", Where::Part, " PRIMARY KEY", 4},
    {"html", Where::Line, "<!DOCTYPE html", 12},
    {"html", Where::Line, "<!doctype html", 12},
    {"html", Where::Line, "<html", 6},
    {"html", Where::Part, "</div>", 4},
    {"html", Where::Part, "</body>", 4},
    {"html", Where::Part, "</p>", 3},
    {"html", Where::Part, "</a>", 3},
    {"html", Where::Part, "</span>", 3},
    {"html", Where::Part, "</ul>", 4},
    {"html", Where::Part, "</table>", 4},
    {"html", Where::Part, "</h1>", 4},
    {"html", Where::Part, "<div", 2},
    {"html", Where::Part, "<br>", 2},
    {"xml", Where::Line, "<?xml ", 12},
    {"xml", Where::Part, "xmlns", 4},
    {"xml", Where::Line, "<svg", 6},
    {"xml", Where::End, "/>", 1},
    {"css", Where::Line, "color: ", 2},
    {"css", Where::Line, "margin", 2},
    {"css", Where::Line, "padding", 2},
    {"css", Where::Line, "display: ", 3},
    {"css", Where::Line, "font-", 2},
    {"css", Where::Line, "background", 2},
    {"css", Where::Line, "width: ", 2},
    {"css", Where::Line, "border", 2},
    {"css", Where::End, "px;", 3},
    {"css", Where::Line, "@media ", 4},
    {"css", Where::Line, ":root {", 6},
    {"css", Where::Part, ": #", 1},
    {"scss", Where::Line, "@mixin ", 6},
    {"scss", Where::Line, "@include ", 6},
    {"scss", Where::Line, "&:", 4},
    {"scss", Where::Line, "@use ", 3},
    {"dockerfile", Where::Line, "FROM ", 3},
    {"dockerfile", Where::Line, "RUN ", 3},
    {"dockerfile", Where::Line, "COPY ", 3},
    {"dockerfile", Where::Line, "WORKDIR ", 4},
    {"dockerfile", Where::Line, "CMD [", 5},
    {"dockerfile", Where::Line, "ENTRYPOINT [", 5},
    {"dockerfile", Where::Line, "EXPOSE ", 3},
    {"cmake", Where::Line, "cmake_minimum_required(", 9},
    {"cmake", Where::Line, "add_executable(", 6},
    {"cmake", Where::Line, "add_library(", 6},
    {"cmake", Where::Line, "target_link_libraries(", 7},
    {"cmake", Where::Line, "find_package(", 5},
    {"cmake", Where::Line, "project(", 2},
    {"makefile", Where::Line, ".PHONY", 7},
    {"makefile", Where::Part, "$(CC)", 5},
    {"makefile", Where::Part, "$(CXX)", 5},
    {"makefile", Where::Part, "$(OBJ", 3},
    {"makefile", Where::Line, "CFLAGS ", 4},
    {"makefile", Where::Line, "all:", 3},
    {"makefile", Where::Line, "clean:", 3},
    {"makefile", Where::Part, "\n\t", 1},
    {"makefile", Where::Part, " $@", 2},
    {"diff", Where::Line, "@@ -", 7},
    {"diff", Where::Line, "diff --git ", 8},
    {"diff", Where::Line, "+++ ", 3},
    {"diff", Where::Line, "--- ", 2},
    {"markdown", Where::Line, "# ", 2},
    {"markdown", Where::Line, "## ", 4},
    {"markdown", Where::Line, "```", 6},
    {"markdown", Where::Part, "](http", 4},
    {"markdown", Where::Line, "- **", 3},
    {"markdown", Where::Part, "**", 1},
    {"markdown", Where::Line, "> ", 1},
};

bool isWordPart(QChar c)
{
    return c.isLetterOrNumber() || c == u'_';
}

// How often a cue is found, at most twice.
int hits(const Cue &cue, QStringView text)
{
    const QLatin1String needle(cue.text);
    int count = 0;
    for (qsizetype from = 0; count < 2;) {
        const qsizetype at = text.indexOf(needle, from);
        if (at < 0)
            break;
        const qsizetype end = at + needle.size();
        from = end;
        bool counts = true;
        if (cue.where == Where::Line) {
            qsizetype p = at;
            while (p > 0 && (text[p - 1] == u' ' || text[p - 1] == u'\t'))
                --p;
            counts = p == 0 || text[p - 1] == u'\n';
            // A cue that ends in a letter ends a word: "end", not "endless".
            if (isWordPart(QLatin1Char(cue.text[needle.size() - 1])) && end < text.size() &&
                isWordPart(text[end]))
                counts = false;
        } else if (cue.where == Where::End) {
            counts = end == text.size() || text[end] == u'\n';
        } else if (cue.where == Where::Word) {
            counts = (at == 0 || !isWordPart(text[at - 1])) &&
                     (end == text.size() || !isWordPart(QLatin1Char(cue.text[needle.size() - 1])) ||
                      !isWordPart(text[end]));
        }
        count += counts;
    }
    return count;
}

const Language *fromShebang(QStringView line)
{
    if (!line.startsWith(QLatin1String("#!")))
        return nullptr;
    static constexpr std::array<std::pair<const char *, const char *>, 11> kInterpreters{
        {{"python", "python"},
         {"bash", "shell"},
         {"zsh", "shell"},
         {"node", "javascript"},
         {"ruby", "ruby"},
         {"perl", "perl"},
         {"lua", "lua"},
         {"Rscript", "r"},
         {"php", "php"},
         {"pwsh", "powershell"},
         {"sh", "shell"}}};
    for (const auto &[program, id] : kInterpreters)
        if (line.contains(QLatin1String(program)))
            return findLanguage(QString::fromLatin1(id));
    return nullptr;
}

bool isJson(QStringView text)
{
    const QStringView trimmed = text.trimmed();
    if (trimmed.size() < 2 || trimmed.size() > 200000 || (trimmed[0] != u'{' && trimmed[0] != u'['))
        return false;
    const QJsonDocument document = QJsonDocument::fromJson(trimmed.toUtf8());
    if (document.isObject())
        return !document.object().isEmpty();
    return document.isArray() && !document.array().isEmpty() && document.array().first().isObject();
}

// Shapes of lines that data formats have: keys, sections, nesting.
struct Shape
{
    int lines = 0, yamlKeys = 0, items = 0, nested = 0, assignments = 0, quoted = 0, sections = 0,
        jsonKeys = 0;
    bool documentMark = false;
};

Shape shapeOf(QStringView text)
{
    Shape shape;
    for (const QStringView line : text.split(u'\n')) {
        const QStringView trimmed = line.trimmed();
        if (trimmed.isEmpty() || trimmed.startsWith(u'#') || trimmed.startsWith(u';'))
            continue;
        ++shape.lines;
        const bool indented = line[0] == u' ';
        if (trimmed == u"---")
            shape.documentMark = shape.documentMark || shape.lines == 1;
        if (trimmed.startsWith(u'[') && trimmed.endsWith(u']') && !trimmed.contains(u','))
            ++shape.sections;
        qsizetype nameEnd = 0;
        const QStringView body = trimmed.startsWith(QLatin1String("- ")) ? trimmed.mid(2) : trimmed;
        while (nameEnd < body.size() &&
               (isWordPart(body[nameEnd]) || body[nameEnd] == u'-' || body[nameEnd] == u'.'))
            ++nameEnd;
        const QChar after = nameEnd < body.size() ? body[nameEnd] : QChar();
        if (nameEnd > 0 && after == u':' && (nameEnd + 1 == body.size() || body[nameEnd + 1] == u' ') &&
            !body.endsWith(u';') && !body.endsWith(u'{') && !body.endsWith(u',')) {
            ++shape.yamlKeys;
            shape.nested += indented || body.size() != trimmed.size();
        } else if (body.size() != trimmed.size()) {
            ++shape.items;
        } else {
            const qsizetype equals = body.indexOf(u'=');
            if (nameEnd > 0 && equals > 0 && body.mid(nameEnd, equals - nameEnd).trimmed().isEmpty() &&
                !body.endsWith(u';') && !body.endsWith(u'{')) {
                ++shape.assignments;
                const QStringView value = body.mid(equals + 1).trimmed();
                shape.quoted +=
                    !value.isEmpty() && (value[0] == u'"' || value[0] == u'[' || value[0] == u'\'');
            }
        }
        if (body.startsWith(u'"') && body.contains(QLatin1String("\":")))
            ++shape.jsonKeys;
    }
    return shape;
}

const Language *fromShape(QStringView text)
{
    const Shape s = shapeOf(text);
    if (s.lines == 0)
        return nullptr;
    const QStringView trimmed = text.trimmed();
    if ((trimmed[0] == u'{' || trimmed[0] == u'[') && s.jsonKeys >= 2 && 2 * s.jsonKeys >= s.lines)
        return findLanguage(u"json"); // not whole yet, or with comments
    if (s.sections >= 1 && s.assignments >= 1 && 10 * (s.sections + s.assignments) >= 8 * s.lines)
        return findLanguage(2 * s.quoted >= s.assignments ? u"toml" : u"ini");
    if (s.yamlKeys >= 2 && (s.nested >= 1 || s.items >= 1 || s.documentMark) &&
        10 * (s.yamlKeys + s.items + s.documentMark) >= 8 * s.lines)
        return findLanguage(u"yaml");
    return nullptr;
}

} // namespace

const Language *guessLanguage(QStringView text)
{
    if (isJson(text))
        return findLanguage(u"json");
    QString sample = text.left(kMostRead).toString();
    sample.remove(u'\r');
    if (sample.trimmed().isEmpty())
        return nullptr;
    if (const Language *language = fromShebang(QStringView(sample).left(200).split(u'\n').first()))
        return language;
    QHash<QLatin1String, int> scores;
    for (const Cue &cue : kCues) {
        const int count = hits(cue, sample);
        if (count > 0)
            scores[QLatin1String(cue.language)] += cue.weight + (count > 1 ? (cue.weight + 1) / 2 : 0);
    }
    // What extends another language has its cues as well, once it shows one of its own.
    const auto extends = [&](const char *own, const char *base) {
        const int ownScore = scores.value(QLatin1String(own));
        if (ownScore >= 3) {
            scores[QLatin1String(own)] += scores.value(QLatin1String(base));
            scores.remove(QLatin1String(base));
        }
    };
    extends("cpp", "c");
    extends("typescript", "javascript");
    extends("scss", "css");
    // Fenced code in a Markdown text has cues of its own; the text around it decides.
    if (scores.value(QLatin1String("markdown")) >= 8 && sample.contains(QLatin1String("```")))
        return findLanguage(u"markdown");

    QLatin1String best, second;
    for (auto it = scores.cbegin(); it != scores.cend(); ++it) {
        if (best.isEmpty() || it.value() > scores.value(best)) {
            second = best;
            best = it.key();
        } else if (second.isEmpty() || it.value() > scores.value(second)) {
            second = it.key();
        }
    }
    const int bestScore = best.isEmpty() ? 0 : scores.value(best);
    const int secondScore = second.isEmpty() ? 0 : scores.value(second);
    if (bestScore < 2 * kEnough)
        if (const Language *shaped = fromShape(sample))
            return shaped;
    if (bestScore < kEnough || bestScore - secondScore < qMax(2, bestScore / 5))
        return nullptr;
    return findLanguage(QString(best));
}

} // namespace app::syntax
