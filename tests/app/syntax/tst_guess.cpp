#include "app/syntax/lexer.h"

#include <QTest>

using namespace app::syntax;

class TestGuess : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void guesses_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("id"); // empty: null
        const auto row = [](const char *name, const char *id, const char *text) {
            QTest::newRow(name) << QString::fromUtf8(text) << QString::fromLatin1(id);
        };
        row("c hello", "c",
            "#include <stdio.h>\n\nint main(void)\n{\n    printf(\"hi\\n\");\n    return 0;\n}\n");
        row("c list", "c",
            "typedef struct node {\n    int value;\n    struct node *next;\n} node;\n\nnode *push(node *n, "
            "int v) "
            "{\n    node *m = malloc(sizeof(node));\n    m->next = n;\n    return m;\n}\n");
        row("c++ class", "cpp",
            "#pragma once\n#include <vector>\n\nclass Stack {\npublic:\n    void push(int v) { "
            "m_items.push_back(v); }\nprivate:\n    std::vector<int> m_items;\n};\n");
        row("c++ template", "cpp",
            "template <class T>\nT largest(const std::vector<T> &v)\n{\n    return "
            "*std::max_element(v.begin(), v.end());\n}\n");
        row("cuda", "cpp",
            "__global__ void add(int n, float *x, float *y)\n{\n    int i = blockIdx.x * blockDim.x + "
            "threadIdx.x;\n    if (i < n) y[i] += x[i];\n}\n");
        row("c#", "csharp",
            "using System;\n\npublic class Person\n{\n    public string Name { get; set; }\n    static void "
            "Main() { Console.WriteLine(\"hi\"); }\n}\n");
        row("java", "java",
            "import java.util.*;\n\npublic class Main {\n    public static void main(String[] args) {\n      "
            "  "
            "System.out.println(\"hi\");\n    }\n}\n");
        row("javascript", "javascript",
            "const fs = require('fs');\nfs.readFile('a', (err, data) => {\n  if (err === null) "
            "console.log(data);\n});\n");
        row("react", "javascript",
            "import React, { useState } from 'react';\n\nexport default function App() {\n  const [n, "
            "setN] = useState(0);\n  return <div onClick={() => setN(n + 1)}>{n}</div>;\n}\n");
        row("typescript", "typescript",
            "export interface User {\n  id: number;\n  name: string;\n}\n\nconst find = async (id: "
            "number): Promise<User> => {\n  return await get(id);\n};\n");
        row("python function", "python",
            "def fib(n):\n    a, b = 0, 1\n    for _ in range(n):\n        a, b = b, a + b\n    "
            "return a\n");
        row("python class", "python",
            "class Stack:\n    def __init__(self):\n        self.items = []\n\n    def push(self, "
            "x):\n        self.items.append(x)\n");
        row("python with SQL", "python",
            "import sqlite3\n\ndef rows(path):\n    with open(path) as f:\n        pass\n    return "
            "db.execute(\"SELECT a FROM b WHERE c\")\n");
        row("go", "go", "package main\n\nimport \"fmt\"\n\nfunc main() {\n\tx := 1\n\tfmt.Println(x)\n}\n");
        row("rust", "rust",
            "use std::collections::HashMap;\n\nfn main() {\n    let mut m = HashMap::new();\n    m.insert(1, "
            "2);\n    println!(\"{:?}\", m);\n}\n");
        row("swift", "swift",
            "import Foundation\n\nfunc greet(_ name: String) -> String {\n    guard let n = names[name] else "
            "{ "
            "return \"\" }\n    return \"Hi \\(n)\"\n}\n");
        row("kotlin", "kotlin",
            "data class Point(val x: Int, val y: Int)\n\nfun main() {\n    val p = Point(1, 2)\n    "
            "println(p)\n}\n");
        row("php", "php", "<?php\nfunction add($a, $b) {\n    return $a + $b;\n}\necho add(1, 2);\n");
        row("ruby", "ruby",
            "class Dog\n  attr_reader :name\n  def bark\n    puts \"I am #{@name}\"\n  end\nend\n");
        row("shell", "shell",
            "set -e\nfor f in *.txt; do\n  if [ -f \"$f\" ]; then\n    echo \"$f\"\n  fi\ndone\n");
        row("shebang", "shell", "#!/usr/bin/env bash\ntrue\n");
        row("shebang python", "python", "#!/usr/bin/env python3\nx = 1\n");
        row("sql", "sql",
            "SELECT u.name, COUNT(*)\nFROM users u\nJOIN orders o ON o.user = u.id\nGROUP BY u.name;\n");
        row("create table", "sql",
            "CREATE TABLE users (\n  id INTEGER PRIMARY KEY,\n  name TEXT NOT NULL\n);\n");
        row("html", "html", "<!DOCTYPE html>\n<html>\n<body><p>Hi</p></body>\n</html>\n");
        row("html piece", "html", "<div class=\"a\">\n  <ul>\n    <li>One</li>\n  </ul>\n</div>\n");
        row("xml", "xml", "<?xml version=\"1.0\"?>\n<note><to>A</to></note>\n");
        row("css", "css", "body {\n  margin: 0;\n  color: #333;\n  font-size: 14px;\n}\n");
        row("json", "json", "{\"a\": [1, 2], \"b\": null}");
        row("json, not whole", "json", "{\n  \"name\": \"x\",\n  \"version\": \"1\",\n  \"deps\": {\n");
        row("yaml", "yaml",
            "name: CI\non: push\njobs:\n  build:\n    runs-on: ubuntu\n    steps:\n      - run: make\n");
        row("toml", "toml", "[package]\nname = \"x\"\nversion = \"0.1\"\n\n[dependencies]\nserde = \"1\"\n");
        row("ini", "ini", "[core]\nbare = false\neditor = vim\n");
        row("markdown", "markdown", "# Title\n\nSome text.\n\n## Use\n\n```python\nprint(1)\n```\n");
        row("lua", "lua",
            "local function add(a, b)\n  return a + b\nend\n\nfor i, v in ipairs(t) do print(v) end\n");
        row("haskell", "haskell", "module Main where\n\nmain :: IO ()\nmain = putStrLn \"hi\"\n");
        row("r", "r", "library(ggplot2)\nx <- c(1, 2, 3)\nf <- function(a) a + 1\n");
        row("dockerfile", "dockerfile",
            "FROM debian:12\nRUN apt-get update\nCOPY . /app\nWORKDIR /app\nCMD [\"./app\"]\n");
        row("cmake", "cmake",
            "cmake_minimum_required(VERSION 3.25)\nproject(a)\nadd_executable(a main.cpp)\n");
        row("makefile", "makefile", ".PHONY: all\nall: main.o\n\t$(CC) -o a main.o\n");
        row("diff", "diff", "--- a/x.c\n+++ b/x.c\n@@ -1,2 +1,2 @@\n-int a;\n+int b;\n");
        row("elixir", "elixir", "defmodule A do\n  def hi(n), do: IO.puts(n)\nend\n");
        row("perl", "perl", "use strict;\nuse warnings;\nmy $x = shift;\nprint \"$x\\n\";\n");
        row("carriage returns", "python", "def f(x):\r\n    for i in range(x):\r\n        print(i)\r\n");

        row("nothing", "", "");
        row("blank", "", " \n\t\n");
        row("a word", "", "hello");
        row("a number", "", "42");
        row("prose", "",
            "The quick brown fox jumps over the lazy dog. It then selects a class from the import list, for "
            "you.");
        row("prose with key words", "",
            "If you import goods from China, let the function of the class define where to end and what "
            "to return.\nSelect one from the list and do it.\n");
        row("Chinese", "", "这是一个测试。请选择一个文件，然后点击保存。");
        row("a list", "", "- apples\n- pears\n- plums\n");
        row("a letter", "",
            "Dear Ann,\n\nNote: the meeting is at 5; bring the (signed) form.\n\nBest,\nBob\n");
        row("mail head", "", "From: a@b.c\nTo: d@e.f\nSubject: Hi there\n");
        row("an expression", "", "a + b * (c - d)");
        row("an array of numbers", "", "[1, 2, 3]");
        row("empty braces", "", "{}");
    }
    void guesses()
    {
        QFETCH(QString, text);
        QFETCH(QString, id);
        const Language *language = guessLanguage(text);
        QCOMPARE(language ? languageId(*language) : QString(), id);
    }
    void longTextIsGuessedFromItsBeginning()
    {
        const QString text = QStringLiteral("def f(x):\n    return [y for y in range(x)]\n").repeated(100000);
        QVERIFY(guessLanguage(text));
        QCOMPARE(languageId(*guessLanguage(text)), QStringLiteral("python"));
    }
};

QTEST_GUILESS_MAIN(TestGuess)
#include "tst_guess.moc"
