<?php

declare(strict_types=1);

namespace Apn\AmiClient\Actions;

/** One step of UpdateConfig. A value that begins with ">" is written as an object: "variable => value". */
final readonly class ConfigChange
{
    /** @param list<string> $options */
    private function __construct(
        private string $action,
        private string $category,
        private ?string $variable = null,
        private ?string $value = null,
        private ?string $match = null,
        private ?int $line = null,
        private array $options = [],
    ) {}

    /**
     * @param list<string> $inherits templates to inherit from
     * @param bool $duplicate makes it even where one of that name exists
     * @param string|null $before the category that it goes before; the end of the file where left out
     */
    public static function newCategory(
        string $category,
        array $inherits = [],
        bool $template = false,
        bool $duplicate = false,
        ?string $before = null,
    ): self {
        return new self('NewCat', $category, match: $before, options: [
            ...($duplicate ? ['allowdups'] : []),
            ...($template ? ['template'] : []),
            ...($inherits === [] ? [] : ['inherit="' . implode(',', $inherits) . '"']),
        ]);
    }

    public static function renameCategory(string $category, string $name): self
    {
        return new self('RenameCat', $category, value: $name);
    }

    public static function deleteCategory(string $category): self
    {
        return new self('DelCat', $category);
    }

    /** Deletes the lines of a category. */
    public static function emptyCategory(string $category): self
    {
        return new self('EmptyCat', $category);
    }

    /** @param string|null $match changes the line only where it has this value */
    public static function update(string $category, string $variable, string $value, ?string $match = null): self
    {
        return new self('Update', $category, $variable, $value, $match);
    }

    /** @param string|null $match deletes the line only where it has this value */
    public static function delete(string $category, string $variable, ?string $match = null): self
    {
        return new self('Delete', $category, $variable, match: $match);
    }

    /** @param int $line counts the lines of the category from 0 */
    public static function deleteLine(string $category, int $line): self
    {
        return new self('Delete', $category, line: $line);
    }

    public static function append(string $category, string $variable, string $value): self
    {
        return new self('Append', $category, $variable, $value);
    }

    /** @param int $line counts the lines of the category from 0; the new one takes this place */
    public static function insert(string $category, string $variable, string $value, int $line): self
    {
        return new self('Insert', $category, $variable, $value, line: $line);
    }

    /** A copy that works only on categories of the name whose lines match: `catfilter`, such as "type=endpoint". */
    public function where(string $filter): self
    {
        return new self($this->action, $this->category, $this->variable, $this->value, $this->match, $this->line, [
            ...$this->options,
            "catfilter=\"{$filter}\"",
        ]);
    }

    /**
     * @param list<self> $changes
     *
     * @return array<string, string|int|null>
     */
    public static function headers(array $changes): array
    {
        $headers = [];
        foreach ($changes as $index => $change) {
            $number = sprintf('%06d', $index);
            $headers["Action-{$number}"] = $change->action;
            $headers["Cat-{$number}"] = $change->category;
            $headers["Var-{$number}"] = $change->variable;
            $headers["Value-{$number}"] = $change->value;
            $headers["Match-{$number}"] = $change->match;
            $headers["Line-{$number}"] = $change->line;
            $headers["Options-{$number}"] = Fields::joined($change->options, ',');
        }

        return $headers;
    }
}
