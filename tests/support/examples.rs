//! The examples in a page: its ```` ```console ```` blocks.

/// One command of an example, and the output that the page shows below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Example {
    pub(crate) command: String,
    pub(crate) output: String,
}

/// Returns the blocks of a page. In a block, a line after `$ ` is a command, and the lines below it are its output.
pub(crate) fn blocks(page: &str) -> Vec<Vec<Example>> {
    let mut blocks: Vec<Vec<Example>> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        match line {
            "```console" => {
                inside = true;
                blocks.push(Vec::new());
            }
            "```" => inside = false,
            _ if !inside => {}
            _ => {
                let block = blocks.last_mut().expect("a block is open");
                match (line.strip_prefix("$ "), block.last_mut()) {
                    (Some(command), _) => {
                        block.push(Example { command: command.to_owned(), output: String::new() });
                    }
                    (None, Some(example)) => example.output.extend([line, "\n"]),
                    (None, None) => panic!("output without a command: {line}"),
                }
            }
        }
    }
    blocks
}
