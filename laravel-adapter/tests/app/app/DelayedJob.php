<?php

declare(strict_types=1);

namespace App;

use Illuminate\Bus\Queueable;
use Illuminate\Contracts\Queue\ShouldQueue;

final class DelayedJob implements ShouldQueue
{
    use Queueable;

    public function __construct(
        public ?\Closure $what = null,
    ) {}

    public function handle(): void {}
}
