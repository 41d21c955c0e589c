<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests;

use Apn\AmiClient\Laravel\Tests\Support\Skeleton;
use Illuminate\Contracts\Console\Kernel;
use Illuminate\Foundation\Application;
use Illuminate\Foundation\Bootstrap\HandleExceptions;
use Illuminate\Foundation\Testing\TestCase as LaravelTestCase;

/** A test inside a real application. */
abstract class TestCase extends LaravelTestCase
{
    protected Skeleton $skeleton;

    public function createApplication(): Application
    {
        $this->skeleton = new Skeleton();
        $app = require "{$this->skeleton->path}/bootstrap/app.php";
        $app->make(Kernel::class)->bootstrap();

        return $app;
    }

    protected function tearDown(): void
    {
        parent::tearDown();
        $this->skeleton->remove();
        // Laravel 10 leaves its handlers behind, which PHPUnit calls risky.
        if (!method_exists(HandleExceptions::class, 'flushState')) {
            restore_error_handler();
            restore_exception_handler();
        }
    }
}
