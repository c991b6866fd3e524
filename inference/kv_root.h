// What the rows of a KV page depend on besides its tokens, as the key that all keys of pages begin with.
#pragma once

#include "inference/gguf/gguf_file.h"
#include "inference/kv_page_file.h"
#include "kernels/backend.h"

namespace inference {

// Of a model on a compiled backend: the program's version, the backend's kvFormat() and kKvNumerics, all
// metadata but long lists, every tensor's name, type, shape and place, bytes sampled from each, and the
// file's time of change, since a repair may touch what no sample hits. The same file copied elsewhere has
// another key, unless the copy keeps the time. Milliseconds once the file is in memory. Thread-safe.
KvKey kvRoot(const GgufFile &file, const kernels::Backend &backend);

} // namespace inference
