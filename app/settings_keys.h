// Every key of the settings, with its default and its bounds. Those of one model are in chat/chat_choices.h.
#pragma once

#include "app/sampling_presets.h"
#include "app/settings.h"

#include <QStringList>

namespace app {

// Appearance and the desktop.
inline const SettingKey<QString> kScheme{"appearance/scheme", QStringLiteral("system"), {{QStringLiteral("system"), QStringLiteral("light"), QStringLiteral("dark")}}};
inline const SettingKey<QString> kInterfaceLanguage{"appearance/language", {}, {{QString(), QStringLiteral("en"), QStringLiteral("zh_CN"), QStringLiteral("ja"), QStringLiteral("ko")}}}; // see ui/interface_language.h; empty: the system's
inline const SettingKey<int> kReadingSize{"appearance/readingSize", 15, {13, 20}}; // px
inline const SettingKey<int> kCodeZoom{"code/zoom", 0, {-5, 20}};                  // px that code is larger
inline const SettingKey<bool> kTray{"desktop/tray", false};                       // a closed window goes there, and work goes on
inline const SettingKey<bool> kNotifications{"desktop/notifications", true};      // an answer has ended, and the window is not active

// The chat.
inline const SettingKey<QString> kSystemPrompt{"chat/systemPrompt", {}};
inline const SettingKey<int> kSamplingPreset{"chat/samplingPreset", int(SamplingPreset::Recommended), {0, int(SamplingPreset::Recommended)}};
inline SamplingPreset samplingPreset(const Settings &settings)
{
    return SamplingPreset(settings.get(kSamplingPreset));
}
inline const SettingKey<int> kThinking{"chat/thinking", int(inference::Thinking::ModelDefault), {0, int(inference::Thinking::Off)}};
inline const SettingKey<int> kMaxAnswerTokens{"chat/maxAnswerTokens", 0, {0, 1 << 20}}; // 0: until the context is full
inline const SettingKey<bool> kModelTitles{"chat/modelTitles", true}; // written by the model when it is idle
inline const SettingKey<bool> kDoubt{"chat/doubt", false};            // the token lens underlines where the model was unsure

// The engine, and where models are.
inline constexpr QLatin1String kOneGpu{"cuda:"}; // and its name: see inference::parseDevice()
inline const SettingKey<QString> kDevice{"engine/device", QStringLiteral("auto"), {{QStringLiteral("auto"), QStringLiteral("cpu"), QStringLiteral("cuda")}, kOneGpu}};
inline const SettingKey<int> kThreads{"engine/threads", 0, {0, 1024}};                // 0: physical cores
inline const SettingKey<int> kContextLength{"engine/contextLength", 0, {0, 1 << 24}}; // tokens; 0: the engine's choice
inline const SettingKey<int> kKvCacheBits{"engine/kvCacheBits", 16, {8, 16, {8, 16}}}; // see kernels::KvCacheType
inline const SettingKey<int> kKeptGib{"engine/keptGib", 0, {0, 1000}}; // of read conversations on disk; 0: none is kept
inline const SettingKey<QString> kModelsFolder{"models/folder", {}};   // one more folder to look in

// What is found again at the next start; nobody sets it by hand.
inline const SettingKey<QString> kLastModel{"models/last", {}};
inline const SettingKey<QStringList> kOpenedModels{"models/opened", {}}; // files from anywhere, newest first
inline const SettingKey<qint64> kLastConversation{"chat/lastConversation", 0, {0}};
inline const SettingKey<bool> kInspectorShown{"chat/contextInspector", false};
inline const SettingKey<QByteArray> kGeometry{"window/geometry", {}};
inline const SettingKey<QString> kPanel{"window/panel", QStringLiteral("chat"), {{QStringLiteral("chat"), QStringLiteral("code"), QStringLiteral("translate")}}};
inline constexpr int kSidebarWidth = 264, kNarrowestSidebar = 220, kWidestSidebar = 360; // px
inline const SettingKey<int> kSidebarPixels{"window/sidebarWidth", kSidebarWidth, {kNarrowestSidebar, kWidestSidebar}};
inline const SettingKey<QStringList> kRails{"window/railed", {QStringLiteral("code")}}; // panels; "-code": shown whole although it begins as a rail
inline const SettingKey<QString> kMeasuredOn{"machine/measuredOn", {}};            // a processor
inline const SettingKey<double> kReadBandwidth{"machine/readBandwidth", 0, {0, 1e15}}; // bytes a second

// Calls f(key) for each.
template <class F> void forEachSetting(F f)
{
    f(kScheme), f(kInterfaceLanguage), f(kReadingSize), f(kCodeZoom), f(kTray), f(kNotifications);
    f(kSystemPrompt), f(kSamplingPreset), f(kThinking), f(kMaxAnswerTokens), f(kModelTitles), f(kDoubt);
    f(kDevice), f(kThreads), f(kContextLength), f(kKvCacheBits), f(kKeptGib), f(kModelsFolder);
    f(kLastModel), f(kOpenedModels), f(kLastConversation), f(kInspectorShown), f(kGeometry), f(kPanel), f(kSidebarPixels), f(kRails), f(kMeasuredOn), f(kReadBandwidth);
}

} // namespace app
