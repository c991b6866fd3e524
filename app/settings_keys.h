// Settings of the chat and of the choice of models.
#pragma once

#include "app/sampling_presets.h"
#include "app/settings.h"

#include <QStringList>

namespace app {

inline const SettingKey<QString> kSystemPrompt{"chat/systemPrompt", {}};
inline const SettingKey<int> kSamplingPreset{"chat/samplingPreset", int(SamplingPreset::Recommended)};
inline SamplingPreset samplingPreset(const Settings &settings)
{
    const int value = settings.get(kSamplingPreset);
    return value >= 0 && value < int(SamplingPreset::Recommended) ? SamplingPreset(value)
                                                                  : SamplingPreset::Recommended;
}
inline const SettingKey<int> kThinking{"chat/thinking", int(inference::Thinking::ModelDefault)};
inline const SettingKey<int> kMaxAnswerTokens{"chat/maxAnswerTokens", 0}; // 0: until the context is full

inline const SettingKey<bool> kModelTitles{"chat/modelTitles", true}; // written by the model when it is idle

inline const SettingKey<bool> kDoubt{"chat/doubt", false}; // the token lens underlines where the model was unsure

inline const SettingKey<QString> kInterfaceLanguage{"appearance/language", {}}; // see ui/interface_language.h; empty: the system's

inline const SettingKey<QString> kLastModel{"models/last", {}};
inline const SettingKey<QString> kModelsFolder{"models/folder", {}};     // one more folder to look in
inline const SettingKey<QStringList> kOpenedModels{"models/opened", {}}; // files from anywhere, newest first
inline const SettingKey<QString> kDevice{"engine/device", QStringLiteral("auto")};
inline const SettingKey<int> kThreads{"engine/threads", 0};             // 0: physical cores
inline const SettingKey<int> kContextLength{"engine/contextLength", 0}; // 0: the engine's choice
inline const SettingKey<int> kKvCacheBits{"engine/kvCacheBits", 16};    // 8 or 16: see kernels::KvCacheType
inline const SettingKey<int> kKeptGib{"engine/keptGib", 0}; // of read conversations on disk; 0: none is kept

} // namespace app
