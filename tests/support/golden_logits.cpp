#include "tests/support/golden_logits.h"

#include "inference/model/architecture.h"
#include "inference/model_file.h"

#include <QFile>

#include <algorithm>
#include <cmath>

using namespace inference;
using kernels::kKvPageTokens;
using kernels::LogitsWanted;
using kernels::TokenId;

namespace test {

nlohmann::json readGolden(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot read %s", qPrintable(path));
    return nlohmann::json::parse(file.readAll().toStdString());
}

RunnableModel::RunnableModel(const QString &path, std::uint32_t maxTokens,
                             std::unique_ptr<kernels::Backend> backend)
    : m_backend(std::move(backend))
{
    Result<std::unique_ptr<GgufFile>> opened = openGguf(path.toStdString());
    if (!opened)
        qFatal("%s", opened.error().message.c_str());
    m_file = std::move(opened).value();
    const Result<ModelConfig> config = ModelConfig::fromGguf(*m_file);
    if (!config)
        qFatal("%s", config.error().message.c_str());
    Result<kernels::Plan> plan = buildPlan(*m_file, *config);
    if (!plan)
        qFatal("%s", plan.error().message.c_str());
    if (!m_backend->compile(std::move(plan).value(), maxTokens))
        qFatal("compile failed");
}

std::vector<float> RunnableModel::logits(std::span<const TokenId> tokens, std::size_t chunk)
{
    const std::size_t vocabulary = m_backend->plan().shape.vocabularySize;
    std::vector<float> all(tokens.size() * vocabulary);
    std::vector<kernels::KvPageId> pages;
    for (std::size_t p = 0; p < tokens.size(); p += kKvPageTokens)
        pages.push_back(*m_backend->allocateKvPage());
    for (std::size_t at = 0; at < tokens.size(); at += chunk) {
        const std::size_t n = std::min(chunk, tokens.size() - at);
        const auto outcome =
            m_backend->run({tokens.subspan(at, n), std::uint32_t(at), pages, LogitsWanted::All},
                           std::span(all).subspan(at * vocabulary, n * vocabulary), {});
        if (!outcome)
            qFatal("%s", outcome.error().message.c_str());
    }
    for (const kernels::KvPageId page : pages)
        m_backend->freeKvPage(page);
    return all;
}

Agreement compareWithGolden(const nlohmann::json &golden, std::span<const float> logits)
{
    Agreement agreement;
    const std::size_t vocabulary = golden["vocabularySize"];
    const auto differ = [&](double found, double expected, double scale) {
        agreement.largest = std::max(agreement.largest, std::fabs(found - expected) / scale);
        if (!std::isfinite(found))
            agreement.largest = HUGE_VAL;
    };
    for (std::size_t i = 0; i < golden["positions"].size(); ++i) {
        const std::size_t position = golden["positions"][i];
        if ((position + 1) * vocabulary > logits.size())
            break;
        const std::span<const float> row = logits.subspan(position * vocabulary, vocabulary);
        const double scale = golden["largestMagnitude"][i];
        for (std::size_t c = 0; c < golden["columns"].size(); ++c)
            differ(row[golden["columns"][c].get<std::size_t>()], golden["logits"][i][c], scale);
        double largest = row[0], magnitude = 0, sum = 0;
        for (const float value : row) {
            largest = std::max(largest, double(value));
            magnitude = std::max(magnitude, std::fabs(double(value)));
        }
        for (const float value : row)
            sum += std::exp(double(value) - largest);
        differ(largest + std::log(sum), golden["logSumExp"][i], scale);
        differ(magnitude, scale, scale);
        agreement.argmaxDifferences += std::max_element(row.begin(), row.end()) - row.begin() !=
                                       golden["argmax"][i].get<std::ptrdiff_t>();
        ++agreement.positions;
    }
    for (std::size_t i = 0; i < golden["fullPositions"].size(); ++i) {
        const std::size_t at = golden["fullPositions"][i].get<std::size_t>() * vocabulary;
        if (at + vocabulary > logits.size())
            break;
        const auto &row = golden["fullLogits"][i];
        double scale = 0;
        for (std::size_t c = 0; c < vocabulary; ++c)
            scale = std::max(scale, std::fabs(row[c].get<double>()));
        for (std::size_t c = 0; c < vocabulary; ++c)
            differ(logits[at + c], row[c], scale);
    }
    return agreement;
}

} // namespace test
