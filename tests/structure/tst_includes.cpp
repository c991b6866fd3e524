// ui -> app -> inference -> kernels, never the other way; no Qt below app/, no CUDA header outside kernels/cuda/. Names in
// anonymous namespaces differ where files are compiled together.
#include "tests/structure/source_tree.h"

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

namespace {

enum Layer { Kernels, Inference, App, Ui, NoLayer };

Layer layerOf(const QString &path)
{
    static const QStringList folders = {QStringLiteral("kernels/"), QStringLiteral("inference/"),
                                        QStringLiteral("app/"), QStringLiteral("ui/")};
    for (int layer = 0; layer < folders.size(); ++layer)
        if (path.startsWith(folders[layer]))
            return Layer(layer);
    return NoLayer;
}

bool isQtHeader(const QString &header)
{
    static const QRegularExpression qt(QStringLiteral("^(Q[A-Z]|Qt[A-Z]?\\w*/|q[a-z]+\\.h$)"));
    return qt.match(header).hasMatch();
}

bool isCudaHeader(const QString &header)
{
    static const QRegularExpression cuda(
        QStringLiteral("^(cuda|cublas|cub/|thrust/|nvrtc|mma\\.h|cooperative_groups)"));
    return cuda.match(header).hasMatch();
}

// What is wrong about one include, or nothing.
QString objection(const QString &file, const QString &header)
{
    const Layer from = layerOf(file), to = layerOf(header);
    if (from != NoLayer && to != NoLayer && to > from)
        return QStringLiteral("a lower layer includes a higher one");
    if (from != NoLayer && header.startsWith(QLatin1String("tests/")))
        return QStringLiteral("the program includes a test");
    if ((from == Kernels || from == Inference) && isQtHeader(header))
        return QStringLiteral("Qt below app/");
    if (isCudaHeader(header) && !file.startsWith(QLatin1String("kernels/cuda/")))
        return QStringLiteral("a CUDA header outside kernels/cuda/");
    if (from == Kernels && header.startsWith(QLatin1String("nlohmann/")))
        return QStringLiteral("kernels/ uses the standard library only");
    if (header.startsWith(QLatin1String("../")))
        return QStringLiteral("an include that is not written from the root of the repository");
    return {};
}

// "FILE:LINE includes HEADER: REASON" for each wrong include below `root`.
QStringList wrongIncludes(const QString &root, int *includes = nullptr)
{
    static const QRegularExpression line(QStringLiteral("^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"]"));
    QStringList wrong;
    for (const QString &file : test::textFiles(root)) {
        if (!test::isSource(file))
            continue;
        int number = 0;
        const QString text = test::textOf(root, file);
        for (const QString &row : text.split(QLatin1Char('\n'))) {
            ++number;
            const QRegularExpressionMatch match = line.match(row);
            if (!match.hasMatch())
                continue;
            if (includes)
                ++*includes;
            const QString reason = objection(file, match.captured(1));
            if (!reason.isEmpty())
                wrong.append(QStringLiteral("%1:%2 includes %3: %4")
                                 .arg(file)
                                 .arg(number)
                                 .arg(match.captured(1), reason));
        }
    }
    return wrong;
}

void plant(const QString &root, const QString &path, const QByteArray &text)
{
    QVERIFY(QDir(root).mkpath(QFileInfo(path).path()));
    QFile file(QDir(root).filePath(path));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(text), text.size());
}

// "NAME: FILE, FILE" for names of anonymous namespaces that stand in several files below a folder whose files go to the compiler
// together (compileTogether() in CMakeLists.txt). Files with compiler flags of their own do not.
QStringList sharedNames(const QString &root)
{
    static const QRegularExpression inner(QStringLiteral("^namespace ([\\w:]+) \\{")),
        type(QStringLiteral("^(?:struct|class|enum class|enum) (\\w+)\\b(?!;)")),
        other(QStringLiteral("^(?!using|template|return|static_assert|public|private|case|else)[A-Za-z][\\w:<>,\\s\\*&\\[\\]]*?[\\s\\*&](\\w+)\\s*[(=;{\\[]"));
    QMap<QString, QStringList> files;
    for (const QString &file : test::textFiles(root)) {
        const bool inference = file.startsWith(QLatin1String("inference/"));
        if (!file.endsWith(QLatin1String(".cpp")) || (!inference && !file.startsWith(QLatin1String("app/"))) || file.startsWith(QLatin1String("app/math/")) ||
            file.startsWith(QLatin1String("app/attachments/reader/")) || file == QLatin1String("inference/cli/main.cpp"))
            continue;
        const QString target = file.startsWith(QLatin1String("inference/cli/")) ? QStringLiteral("inference_cli") : file.section(QLatin1Char('/'), 0, 0);
        QString within;
        bool inside = false;
        for (const QString &line : test::textOf(root, file).split(QLatin1Char('\n'))) {
            if (const auto match = inner.match(line); match.hasMatch())
                within = match.captured(1);
            else if (line.startsWith(QLatin1String("namespace {")))
                inside = true;
            else if (line.startsWith(QLatin1String("} // namespace")))
                inside = false;
            if (!inside)
                continue;
            auto match = type.match(line);
            if (!match.hasMatch())
                match = other.match(line);
            QStringList &where = files[target + QLatin1Char(' ') + within + QLatin1String("::") + match.captured(1)];
            if (match.hasMatch() && !where.contains(file))
                where << file;
        }
    }
    QStringList shared;
    for (auto it = files.cbegin(); it != files.cend(); ++it)
        if (it->size() > 1)
            shared << it.key() + QLatin1String(": ") + it->join(QLatin1String(", "));
    return shared;
}

} // namespace

class TestIncludes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyIncludePointsDownwards()
    {
        int includes = 0;
        const QStringList wrong = wrongIncludes(QStringLiteral(BALEEN_SOURCE_DIR), &includes);
        QVERIFY2(includes > 200, "the sources were not found");
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(QLatin1Char('\n'))));
    }

    void aWrongIncludeIsFound_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("include");
        QTest::newRow("kernels to inference") << "kernels/a.cpp"
                                              << "\"inference/engine.h\"";
        QTest::newRow("inference to app") << "inference/text/a.h"
                                          << "\"app/settings.h\"";
        QTest::newRow("app to ui") << "app/chat/a.cpp"
                                   << "\"ui/panel.h\"";
        QTest::newRow("Qt in kernels") << "kernels/cpu/a.h"
                                       << "<QString>";
        QTest::newRow("Qt module in inference") << "inference/a.cpp"
                                                << "<QtCore/QString>";
        QTest::newRow("old Qt header in inference") << "inference/a.cpp"
                                                    << "<qglobal.h>";
        QTest::newRow("CUDA in kernels") << "kernels/a.cpp"
                                         << "<cuda_runtime.h>";
        QTest::newRow("CUDA in inference") << "inference/a.cpp"
                                           << "<cublas_v2.h>";
        QTest::newRow("CUDA in ui") << "ui/a.cpp"
                                    << "<cuda.h>";
        QTest::newRow("a test in the program") << "app/a.cpp"
                                               << "\"tests/support/models.h\"";
        QTest::newRow("JSON in kernels") << "kernels/a.cpp"
                                         << "<nlohmann/json.hpp>";
        QTest::newRow("relative") << "app/chat/a.cpp"
                                  << "\"../settings.h\"";
    }
    void aWrongIncludeIsFound()
    {
        QFETCH(QString, file);
        QFETCH(QString, include);
        QTemporaryDir root;
        plant(root.path(), file, "// A file.\n#  include " + include.toUtf8() + "\n");
        plant(root.path(), QStringLiteral("ui/right.cpp"),
              "#include \"app/settings.h\"\n#include <QWidget>\n");
        plant(root.path(), QStringLiteral("kernels/cuda/right.cu"), "#include <cuda_runtime.h>\n");
        const QStringList wrong = wrongIncludes(root.path());
        QCOMPARE(wrong.size(), 1);
        QVERIFY2(wrong.first().startsWith(file + QLatin1String(":2 includes ")), qPrintable(wrong.first()));
    }

    void namesDifferWhereFilesAreCompiledTogether()
    {
        const QStringList shared = sharedNames(QStringLiteral(BALEEN_SOURCE_DIR));
        QVERIFY2(shared.isEmpty(), qPrintable(shared.join(QLatin1Char('\n'))));
        QTemporaryDir root;
        const QByteArray some = "namespace app {\n\nnamespace {\n\nconstexpr int kGap = 3;\n\nQString wordsOf(int x)\n{\n    return words(x);\n}\n\n} // namespace\n\n";
        plant(root.path(), QStringLiteral("app/a.cpp"), some + "int outside()\n{\n}\n} // namespace app\n");
        plant(root.path(), QStringLiteral("app/chat/b.cpp"), some + "int outside()\n{\n}\n} // namespace app\n");
        plant(root.path(), QStringLiteral("ui/c.cpp"), some);
        plant(root.path(), QStringLiteral("app/d.cpp"), "namespace app {\nnamespace {\nstruct Row\n{\n};\n} // namespace\n}\n");
        QCOMPARE(sharedNames(root.path()), (QStringList{QStringLiteral("app app::kGap: app/a.cpp, app/chat/b.cpp"), QStringLiteral("app app::wordsOf: app/a.cpp, app/chat/b.cpp")}));
    }
};

QTEST_GUILESS_MAIN(TestIncludes)
#include "tst_includes.moc"
