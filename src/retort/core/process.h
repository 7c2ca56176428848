// SPDX-License-Identifier: MIT
#pragma once

namespace retort {

/// Sets the allocator to what training asks of it: every step allocates and frees the same hundreds of
/// megabytes. By default each of these blocks is mapped anew, and its pages are zeroed by the kernel at first
/// touch, step after step; here memory stays with the process, in huge pages where the system gives them.
/// Call first in main; variables that the user set (THP_MEM_ALLOC_ENABLE, MALLOC_...) are heard.
void tune_process();

}  // namespace retort
